"""Splits: how they are made, the class counts of each part, and rows that are moved from one to another and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.context import Context
from core.errors import UsageError
from core.jobs.groups.web import start_split
from core.jobs.recorded import record_versions
from core.jobs.split_plan import SplitPlan
from core.records import Example, Version
from core.services.review.among import Among
from core.store import splitting
from core.store.rows import get_rows
from core.store.versions import add_fingerprint, get_version, list_versions, made_as, make_split_version
from core.words import stored

__all__ = [
    "Move",
    "MovedRow",
    "SplitPlan",
    "move",
    "move_back",
    "plan_move",
    "rows_moved",
    "split_counts",
    "split_sizes",
    "start_split",
]

MAX_NAME = 40


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """What moving rows to a split would change."""

    version: Version
    to: str
    rows: NDArray[np.int64]
    """The rows that would change their split."""
    sources: tuple[tuple[str | None, int], ...]
    """From which split how many come, None for none; the most first."""
    there: int
    """Rows that are in that split already."""


def split_counts(context: Context, version_id: str) -> dict[str, dict[str | None, int]]:
    """Class → part → rows; part None for rows in no split."""
    return splitting.split_counts(context.store, version_id)


def split_sizes(context: Context, version_id: str) -> dict[str | None, int]:
    """Part → rows; part None for rows in no split."""
    return splitting.split_sizes(context.store, version_id)


def plan_move(context: Context, among: Among, to: str) -> Move:
    """What it would change. Raises `UsageError` for a name that no split can have."""
    name = " ".join(to.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise UsageError(stored(f"{to!r} is no name of a split."), stored(f"Take 1 to {MAX_NAME} characters."))
    version = get_version(context.store, among.version_id)
    parts = splitting.splits_among(context.store, version.version_id, among.query(context))
    moved = {part: ids for part, ids in parts.items() if part != name}
    rows = np.concatenate([np.empty(0, np.int64), *moved.values()])
    sources = sorted(((part, len(ids)) for part, ids in moved.items()), key=lambda one: (-one[1], one[0] or ""))
    return Move(version, name, np.sort(rows), tuple(sources), len(parts.get(name, ())))


def move(context: Context, planned: Move, by: str, words: str, key: str | None = None) -> Version:
    """Makes the version in which these rows are in that split; a second call with the same `key` makes none. `words`
    say which rows these are. Raises `UsageError` where none would move."""
    if not len(planned.rows) and not planned.there:
        raise UsageError("No row is asked for, so none can be moved.", "Take a filter that keeps some.")
    if not len(planned.rows):
        raise UsageError(f"Each of these rows is in {planned.to!r} already.", "Take other rows, or another split.")
    assignment = pa.table({"example_id": planned.rows, "split": pa.repeat(planned.to, len(planned.rows))})
    note = stored(f"{len(planned.rows):,} rows moved to {planned.to}: {words}")
    return _made(context, planned.version, assignment, note, by, key)


def move_back(context: Context, made: Version, by: str, key: str | None = None) -> Version:
    """Makes the version in which the rows that `made` has in other splits than its parent are in their former ones; a
    second call with the same `key` makes none. Raises `UsageError` where `made` gave no splits, or where a version came
    after it, which would be undone as well."""
    if (back := made_as(context.store, key)) is not None:
        return back
    if made.kind != "split":
        raise UsageError(
            stored(f"Version {made.number} did not give rows their splits."),
            "Take a version that did: Review → Versions says what made each.",
        )
    newest = list_versions(context.store, made.dataset_id)[-1]
    if newest.version_id != made.version_id:
        raise UsageError(
            stored(f"Version {newest.number} was made after version {made.number}, and would be undone too."),
            stored(f"Move the rows in version {newest.number}."),
        )
    former = splitting.splits_before(context.store, made)
    note = stored(f"{len(former):,} rows moved back to their splits before version {made.number}")
    return _made(context, made, former, note, by, key)


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A row that a version has in another split than its parent."""

    example: Example
    """As the version has it."""
    former: str | None
    """The parent's split; None for none."""


def rows_moved(context: Context, made: Version, limit: int, offset: int) -> tuple[int, list[MovedRow]]:
    """How many rows a version has in another split than its parent, and a page of them, by row."""
    shown = splitting.splits_before(context.store, made, limit, offset)
    parts = dict(zip(shown.column("example_id").to_pylist(), shown.column("split").to_pylist(), strict=True))
    examples = get_rows(context.store, made.version_id, list(parts))
    return splitting.count_moved(context.store, made), [MovedRow(one, parts[one.example_id]) for one in examples]


def _made(context: Context, parent: Version, splits: pa.Table, note: str, by: str, key: str | None) -> Version:
    made = make_split_version(context.store, parent.version_id, splits, note, by, key)
    made = add_fingerprint(context.store, made.version_id)
    record_versions(context)
    return made
