"""Names inside SQL: quoting, and which table holds a dataset's examples."""

from __future__ import annotations

from core.store.ids import checked_id


def quoted(name: str) -> str:
    """A column or table name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string as an SQL literal, for places where a parameter is not allowed."""
    return "'" + text.replace("'", "''") + "'"


def examples_table(dataset_id: str) -> str:
    """The table of a dataset's examples, safe inside SQL."""
    return f"examples_{checked_id(dataset_id, 'dataset')}"
