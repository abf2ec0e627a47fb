"""Which verdict holds on a row."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import NotFoundError
from core.store.acts.in_force import standing_sql
from core.store.database import Database
from core.store.row_facts.contract import RowFact

_ACTIONS = ("keep", "relabel", "exclude", "unsure")


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    for value in values:
        if value not in _ACTIONS:
            raise NotFoundError(f"There is no decision {value!r}.", f"There are: {', '.join(_ACTIONS)}.")
    standing = standing_sql(db, version_id, unsure=True)
    return f"SELECT example_id FROM {standing} WHERE list_contains(?::VARCHAR[], action)", [[*values] or [*_ACTIONS]]


def _values(db: Database, version_id: str) -> Sequence[str]:
    return _ACTIONS


DECISION = RowFact("decision", _having, _values)
