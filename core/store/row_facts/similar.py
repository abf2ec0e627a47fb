"""Which rows are most like a text that somebody typed, or a file that somebody uploaded."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import UsageError
from core.store.database import Database
from core.store.row_facts.contract import RowFact


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    if not values:
        raise UsageError("What the rows are to be like is not said.", "Write it as “similar = late refund”.")
    return "SELECT example_id FROM read_parquet(?)", [[str(db.alike.file(version_id, value)) for value in values]]


def _values(db: Database, version_id: str) -> Sequence[str]:
    return ()


SIMILAR = RowFact("similar", _having, _values)
