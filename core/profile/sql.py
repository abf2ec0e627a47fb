"""How an attribute is written in SQL: identifier, as a number, as the text that a `RowFilter` compares with."""

from __future__ import annotations

import math

from core.profile.records import Rows
from core.records import Attribute
from core.sql import identifier

_SAFE = 100
"""Powers of ten up to which a number's fourth power, summed over any rows, is a DOUBLE."""


def labelled(rows: Rows, columns: str) -> str:
    """A subquery of columns and `label`, one class: of each row that has a label, or, where that is several, of each of
    its classes, and once more with NULL for the row itself."""
    if not rows.target.several:
        return f"(SELECT {columns}, label FROM {rows.relation} WHERE label IS NOT NULL)"
    classes = f"list_append({rows.target.classes_sql('label')}, NULL)"
    return f"(SELECT {columns}, unnest({classes}) AS label FROM {rows.relation} WHERE label IS NOT NULL)"


def number(attribute: Attribute) -> str:
    """The attribute as DOUBLE; a time as seconds since 1970."""
    column = identifier(attribute.column)
    return f"CAST(epoch({column}) AS DOUBLE)" if attribute.kind == "time" else f"CAST({column} AS DOUBLE)"


def text(attribute: Attribute) -> str:
    """The attribute as VARCHAR; an empty text is a missing value."""
    return f"nullif(CAST({identifier(attribute.column)} AS VARCHAR), '')"


def scale(largest: float) -> float:
    """What numbers up to `largest` in size are multiplied with before sums and differences: 1, unless these would leave
    the range of a DOUBLE; then a power of ten that brings them near to 1."""
    power = math.floor(math.log10(largest)) if largest > 0 else 0
    return 1.0 if abs(power) <= _SAFE else 10.0 ** max(-300, min(300, -power))
