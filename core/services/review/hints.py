"""What is known of rows that are listed without their scan: what they look like, and which classes are likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.context import Context
from core.records import Scan
from core.services.review.queue import items
from core.store import issues
from core.store.scans import latest_scan

_LABEL = "label"
"""The type of issue whose suggestions are labels."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What the newest scan says of a row's label."""

    suggested: str | None = None
    score: float | None = None
    """How probable the label is."""
    likely: tuple[str, ...] = ()
    """Classes that are likely, the likeliest first; only where one row is asked about."""


def hints(context: Context, version_id: str, example_ids: Sequence[int]) -> tuple[Scan | None, dict[int, Hint]]:
    """The newest scan of a version and what it says of these rows; of nothing where there is none, or it looked for no
    wrong labels. Rows of which it says nothing are left out."""
    scan = latest_scan(context.store, version_id)
    if scan is None or _LABEL not in scan.types or not example_ids:
        return None, {}
    if len(example_ids) > 1:
        found = issues.suggestions(context.store, scan, _LABEL, example_ids)
        return scan, {row: Hint(suggested, score) for row, (suggested, score) in found.items()}
    return scan, {
        item.example.example_id: Hint(
            item.issue.suggested_label, item.issue.score, tuple(name for name, _ in item.probabilities)
        )
        for item in items(context, scan, example_ids, _LABEL)
    }
