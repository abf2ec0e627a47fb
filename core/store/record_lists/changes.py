"""What reviewers changed in a version, as a list."""

from __future__ import annotations

from core.records import EXAMPLE_ID, Dataset, ListColumn, RowOrder, Version
from core.store.record_lists import Records
from core.store.versions import changes_sql
from core.tasks import target_of
from core.words import later

_COLUMNS = (
    ListColumn(EXAMPLE_ID, later("row"), EXAMPLE_ID, "number", added=True),
    ListColumn("from_label", later("from"), "from_label", "category", added=True),
    ListColumn("to_label", later("to"), "to_label", "category", added=True),
    ListColumn("reviewer", later("by"), "reviewer", "category", added=True),
    ListColumn("decided_at", later("when"), "decided_at", "time", added=True),
    ListColumn("given", later("example"), "given", "words", added=True),
)


def changed_rows(dataset: Dataset, version: Version) -> Records:
    """By row. A row without a label after the change was excluded."""
    sql, parameters = changes_sql(version)
    usual = RowOrder(EXAMPLE_ID, added=True)
    labels = ("from_label", "to_label")
    return Records(sql, tuple(parameters), _COLUMNS, usual, EXAMPLE_ID, target_of(dataset), labels, dataset.dataset_id)
