"""Names and texts inside SQL, where no parameter can stand."""

from __future__ import annotations


def identifier(name: str) -> str:
    """A column or table name as an SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
