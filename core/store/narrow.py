"""Numbers that were read as DOUBLE become whole again where all of them are."""

from __future__ import annotations

from dataclasses import replace

from core.errors import TypeMisfitError
from core.records import Reader
from core.store.columns import Plan
from core.store.database import Cursor, Database
from core.store.names import quoted

_EXACT = 2**53
"""Beyond it, a DOUBLE no longer holds every whole number."""


def narrow(db: Database, cursor: Cursor, reader: Reader, columns: Plan, table: str) -> Plan:
    """Makes the reader's whole columns BIGINT as far as every value is whole, and returns the plan with their types.

    Raises `TypeMisfitError` for numbers too large to have been read exactly.
    """
    names = {columns.attributes[name]: name for name in reader.whole_columns if name in columns.attributes}
    if not names:
        return columns
    tests = [
        f"count(*) FILTER ({quoted(column)} <> trunc({quoted(column)})), max(abs({quoted(column)}))" for column in names
    ]
    found = cursor.execute(f"SELECT {', '.join(tests)} FROM {table}").fetchone() or ()
    fractions = dict(zip(names, found[::2], strict=True))
    largest = dict(zip(names, found[1::2], strict=True))
    inexact = tuple(name for column, name in names.items() if (largest[column] or 0) >= _EXACT)
    if inexact and reader.types_may_give_way:
        raise TypeMisfitError(inexact)
    whole = [column for column in names if not fractions[column] and (largest[column] or 0) < _EXACT]
    with db.write() as writer:
        for column in whole:
            writer.execute(f"ALTER TABLE {table} ALTER {quoted(column)} TYPE BIGINT")
    return replace(columns, types={**columns.types, **dict.fromkeys(whole, "BIGINT")})
