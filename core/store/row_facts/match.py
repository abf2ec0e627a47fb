"""Which rows have any of some words, or a word that begins like one."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import UsageError
from core.records import EXAMPLE_ID
from core.store.database import Database
from core.store.row_facts.contract import RowFact
from core.store.search.rank import scores_sql


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    if not values:
        raise UsageError("Which words are looked for is not said.", "Write it as “match = late refund”.")
    return f"SELECT {EXAMPLE_ID} FROM {scores_sql(db, version_id, ' '.join(values))}", []


def _values(db: Database, version_id: str) -> Sequence[str]:
    return ()


WORDS_MATCH = RowFact("match", _having, _values)
