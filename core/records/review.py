"""Records of a review: who decided what, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Action = Literal["keep", "relabel", "exclude", "unsure", "undo"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One reviewer's act. Appended, never edited; an undo is an act of its own."""

    decision_id: str
    client_key: str
    """Made once where the decision was made; a second write with the same key is the same decision."""
    dataset_id: str
    version_id: str
    """The version that was on the screen: its successor takes the decision in."""
    example_id: int
    action: Action
    new_label: str | None
    """Only with `relabel`."""
    reviewer: str
    decided_at: datetime
    scan_id: str | None
    shown: Mapping[str, Any]
    """What the reviewer saw: given label, suggested label, score, tier."""
    undoes: str | None = None
    """The decision that an `undo` takes back."""


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """Where a review stands."""

    flagged: int
    """Flagged rows of the scan."""
    decided: int
    """Rows of the version with a decision in force."""
    left: int
    """Flagged rows without one, and without a verdict from an earlier version that still holds."""
    relabelled: int
    excluded: int
    kept: int
    unsure: int
    suggestion_taken: int
    """Relabelled to exactly the label that was suggested."""
    settled_before: int
    """Flagged rows on which a verdict from an earlier version still holds."""
