"""Names and texts inside SQL, where no parameter can stand."""

from __future__ import annotations

from collections.abc import Mapping


def identifier(name: str) -> str:
    """A column or table name as an SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def recast(query: str, types: Mapping[str, str]) -> str:
    """A query with some of its columns as other types, by name."""
    columns = {identifier(name): kind for name, kind in types.items()}
    casts = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in columns.items())
    return f"SELECT * REPLACE ({casts}) FROM ({query})" if types else query
