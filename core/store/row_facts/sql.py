"""Which rows a query gives: one that was saved, a condition on the view `rows`, or a SELECT with their row ids."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import UsageError
from core.store.database import Database
from core.store.row_facts.contract import RowFact


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    if not values:
        raise UsageError(
            "Which query is not said.", "Write it as “sql = length(text) > 300”, or the name of a saved one."
        )
    files = [str(db.queries.file(version_id, value)) for value in values]
    return "SELECT example_id FROM read_parquet(?)", [files]


def _values(db: Database, version_id: str) -> Sequence[str]:
    return db.queries.names(version_id)


SQL = RowFact("sql", _having, _values)
