"""How an attribute is written in SQL: quoted, as a number, as the text that a `RowFilter` compares with."""

from __future__ import annotations

from core.records import Attribute


def quoted(name: str) -> str:
    """A column's name as a SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def number(attribute: Attribute) -> str:
    """The attribute as DOUBLE; a time as seconds since 1970."""
    column = quoted(attribute.column)
    return f"CAST(epoch({column}) AS DOUBLE)" if attribute.kind == "time" else f"CAST({column} AS DOUBLE)"


def text(attribute: Attribute) -> str:
    """The attribute as VARCHAR; an empty text is a missing value."""
    return f"nullif(CAST({quoted(attribute.column)} AS VARCHAR), '')"
