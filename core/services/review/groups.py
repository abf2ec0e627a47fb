"""Keeps one row of a group of near-duplicates: its copies are excluded in one act, which can be taken back whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.context import Context
from core.records import Copy, Scan
from core.review.records import Act
from core.services.review.decisions import record
from core.store import issues
from core.store.ids import new_id


@dataclass(frozen=True, slots=True)
class Excluded:
    """What one act has excluded."""

    example_ids: tuple[int, ...]
    keys: tuple[str, ...]
    """Client keys of the decisions, to take them back by."""
    groups: int
    conflicting: int
    """Groups that were left alone because their labels conflict."""


def keep_one(
    context: Context, scan: Scan, issue_type: str, reviewer: str, group: int | None = None, conflicting: bool = False
) -> Excluded:
    """Excludes the copies that nobody has decided: of one group, or of every group. Of all groups at once those with
    conflicting labels are left to a person, unless they are asked for."""
    found = issues.copies(context.store, scan, issue_type, None if group is None else [group])
    taken = _taken(found, group is not None or conflicting)
    acts = [_exclude(copy, scan) for copy in taken]
    recorded = record(context, scan.version_id, reviewer, acts)
    refused = {refusal.act.client_key for refusal in recorded.refused}
    written = [act for act in acts if act.client_key not in refused]
    return Excluded(
        tuple(act.example_id for act in written if act.example_id is not None),
        tuple(act.client_key for act in written),
        len({copy.group for copy in taken}),
        len({copy.group for copy in found} - {copy.group for copy in taken}),
    )


def would_exclude(context: Context, scan: Scan, issue_type: str, conflicting: bool = False) -> tuple[int, int]:
    """How many copies of how many groups `keep_one` would exclude of every group."""
    key = ("copies", scan.scan_id, issue_type, context.store.newest_act())
    taken = _taken(context.store.remembered(key, lambda: issues.copies(context.store, scan, issue_type)), conflicting)
    return len(taken), len({copy.group for copy in taken})


def _taken(found: Sequence[Copy], conflicting: bool) -> list[Copy]:
    return [copy for copy in found if conflicting or not copy.conflicting]


def take_back(context: Context, version_id: str, reviewer: str, keys: Sequence[str]) -> int:
    """Undoes what `keep_one` has excluded; returns how many rows are back."""
    acts = [Act(new_id(), "undo", None, undoes_key=key) for key in keys]
    return len(acts) - len(record(context, version_id, reviewer, acts).refused)


def _exclude(copy: Copy, scan: Scan) -> Act:
    shown = {
        "given_label": copy.given_label,
        "suggested_label": copy.suggested_label,
        "score": round(copy.score, 6),
        "tier": scan.tier,
    }
    return Act(new_id(), "exclude", copy.example_id, shown=shown, scan_id=scan.scan_id)
