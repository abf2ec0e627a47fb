"""The rows of a source that were set aside, as a list."""

from __future__ import annotations

from core.records import Dataset, ListColumn, RowOrder
from core.store.database import Database
from core.store.datasets import rejected_sql
from core.store.record_lists import Records
from core.tasks import target_of
from core.words import later

_COLUMNS = (
    ListColumn("file", later("file"), "file", "category", added=True),
    ListColumn("line", later("line"), "line", "number", added=True),
    ListColumn("reason", later("reason"), "reason", "category", added=True),
    ListColumn("content", later("content"), "content", "words", added=True),
)


def set_aside_rows(db: Database, dataset: Dataset) -> Records:
    """By file and line."""
    return Records(
        rejected_sql(db, dataset.dataset_id),
        (dataset.dataset_id,),
        _COLUMNS,
        RowOrder("file", added=True),
        "file, line, reason, content",
        target_of(dataset),
        dataset_id=dataset.dataset_id,
    )
