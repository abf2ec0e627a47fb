"""How many rows a reviewer's browser holds ahead, and when it gets more. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

MAX_CLAIMED = 500
"""Rows that one reviewer can hold, however many they pass over."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How deep the browser's queue is."""

    full: int
    """Rows handed out ahead."""
    low: int
    """Below this many, the browser is sent more."""


DESK = Depth(full=25, low=15)
GRID = Depth(full=60, low=60)


def wanted(depth: Depth, skipped: int) -> int:
    """Rows to claim: those passed over stay claimed, so that many more are needed."""
    return min(MAX_CLAIMED, depth.full + max(0, skipped))


def to_send(order: Sequence[int], have: Set[int], depth: Depth, skipped: int) -> list[int]:
    """The claimed rows that the browser needs now, in order: none while it has enough ahead."""
    ahead = sum(example_id in have for example_id in order) - max(0, skipped)
    return [] if ahead >= min(depth.low, len(order)) else [example_id for example_id in order if example_id not in have]
