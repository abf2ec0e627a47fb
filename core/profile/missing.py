"""Missing values: how many rows lack each attribute, a split, or an id of their own."""

from __future__ import annotations

from collections.abc import Sequence

from core.profile.records import MissingValues, Rows
from core.profile.sql import number, text
from core.records import Attribute


def missing_values(rows: Rows, attributes: Sequence[Attribute]) -> MissingValues:
    """Counts NULLs and empty texts per attribute, in one pass."""
    named = [(attribute.name, attribute.column) for attribute in attributes]
    counts = ", ".join(
        f"count({number(attribute) if attribute.kind in ('number', 'time') else text(attribute)})"
        for attribute in attributes
    )
    ((total, *present),) = rows.fetch(f"SELECT count(*){', ' + counts if counts else ''} FROM {rows.relation}")
    columns = [(name, column, int(total - held)) for (name, column), held in zip(named, present, strict=True)]
    return MissingValues(int(total), tuple(sorted(columns, key=lambda item: -item[2])))
