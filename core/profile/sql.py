"""How an attribute is written in SQL: identifier, as a number, as the text that a `RowFilter` compares with."""

from __future__ import annotations

import math

from core.records import Attribute
from core.sql import identifier

_SAFE = 100
"""Powers of ten up to which a number's fourth power, summed over any rows, is a DOUBLE."""


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
