"""Rows of a version as they are judged in its lists: with what its newest scan says of them."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.records import Dataset, Example, Version
from core.services.review.hints import Hint, hints
from core.store.datasets import get_dataset
from core.store.rows import rows_there
from core.store.versions import get_version
from core.ui.lists.verdict_bar import Seen
from core.words import say


def seen_rows(context: Context, version: Version, rows: Sequence[Example]) -> list[Seen]:
    """Each row with what it looks like, where a scan says something."""
    scan, known = hints(context, version.version_id, [row.example_id for row in rows])
    found = [known.get(row.example_id, Hint()) for row in rows]
    tier, scan_id = (scan.tier, scan.scan_id) if scan is not None else (None, None)
    return [
        Seen(row, hint.suggested, hint.score, hint.likely, why=_why(row, hint), tier=tier, scan_id=scan_id)
        for row, hint in zip(rows, found, strict=True)
    ]


def _why(row: Example, hint: Hint) -> str:
    if hint.suggested is None or hint.suggested == row.label or hint.score is None:
        return ""
    return say("Its label has a probability of {score:.2f} by the newest scan.", score=hint.score)


def in_newest(context: Context, dataset: Dataset, rows: Sequence[Example]) -> tuple[Version, dict[int, Example]]:
    """The newest version of a dataset, which is where the next one is made from, and rows of any version as it has
    them; those that it has not, since they were excluded, are left out."""
    version_id = get_dataset(context.store, dataset.dataset_id).latest_version_id
    found = rows_there(context.store, version_id, [row.example_id for row in rows])
    return get_version(context.store, version_id), found
