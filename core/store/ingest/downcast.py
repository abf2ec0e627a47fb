"""Numbers that were read as DOUBLE become whole again where all of them are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from core.errors import TypeMisfitError
from core.sql import identifier
from core.store.database import Cursor

COLUMNS_AT_ONCE = 100
"""How many columns one query looks at: memory grows with them, not with a table's width."""
EXACT = 2**53
"""Beyond it, a DOUBLE no longer holds every whole number."""


def whole(cursor: Cursor, names: Mapping[str, str], rows: str, may_give_way: bool) -> tuple[str, ...]:
    """Which columns of the relation `rows` hold whole numbers only, among `names` (column → its name in the source).

    Raises `TypeMisfitError` for numbers too large to have been read exactly, where the types may give way.
    """
    found: list[str] = []
    inexact: list[str] = []
    for columns in in_turns(list(names)):
        tests = [
            f"bool_or({identifier(one)} <> trunc({identifier(one)})), max(abs({identifier(one)}))" for one in columns
        ]
        answer = cursor.execute(f"SELECT {', '.join(tests)} FROM {rows}").fetchone() or ()
        for column, fractions, largest in zip(columns, answer[::2], answer[1::2], strict=True):
            if (largest or 0) >= EXACT:
                inexact.append(names[column])
            elif not fractions:
                found.append(column)
    if inexact and may_give_way:
        raise TypeMisfitError(tuple(inexact))
    return tuple(found)


def in_turns(columns: Sequence[str]) -> list[list[str]]:
    """The columns, a bounded number at a time."""
    left = iter(columns)
    return list(iter(lambda: list(islice(left, COLUMNS_AT_ONCE)), []))
