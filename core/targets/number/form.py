"""The text form of a number: the shortest that reads as the same DOUBLE, whole numbers without a point.

Python and DuckDB write the same one, so that two labels are the same where their texts are.
"""

from __future__ import annotations

import math
import re

from core.sql import literal

_WHOLE = 10**15
"""Whole numbers up to here are written out; a larger one keeps the notation of its type."""
_WRITTEN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
"""What is read as a number, for RE2 and Python: digits with a point, no comma and no unit."""
MISSING = ("", "na", "n/a", "nan", "null", "none", "-")
"""Texts that stand for no number, whatever their capitals: such a row has no label."""


def is_missing(text: str) -> bool:
    """Whether a text stands for no number."""
    return text.strip(" \t").lower() in MISSING


def written(number: float) -> str:
    """The text form of a finite number. Raises ValueError for another."""
    if not math.isfinite(number):
        raise ValueError(f"{number} is no finite number")
    if number == math.floor(number) and abs(number) < _WHOLE:
        return str(int(number))
    return repr(float(number))


def worth(number: float, half: float) -> str:
    """The text form of a prediction in as many digits as it is worth: one more than half of its interval has."""
    return written(number if half <= 0 else round(number, 1 - math.floor(math.log10(half))))


def number_in(text: str) -> float | None:
    """The finite number that a text says, blanks around it forgiven; None where it says none."""
    plain = text.strip(" \t")
    found = float(plain) if re.fullmatch(_WRITTEN, plain) else math.nan
    return found if math.isfinite(found) else None


def text_sql(number: str) -> str:
    """SQL for the text form of an expression that is a DOUBLE; NULL where it is no finite number."""
    whole = f"abs({number}) < {_WHOLE} AND {number} = floor({number})"
    return (
        f"CASE WHEN NOT isfinite({number}) THEN NULL WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({number} AS VARCHAR) END"
    )


def number_sql(label: str) -> str:
    """SQL for the DOUBLE of a label whose text form an expression gives."""
    return f"CAST({label} AS DOUBLE)"


def worth_sql(number: str, half: str) -> str:
    """SQL for `worth` of two expressions that are DOUBLEs."""
    digits = f"CAST(1 - floor(log10({half})) AS INTEGER)"
    step = f"pow(10.0::DOUBLE, -{digits})"
    return text_sql(
        f"(CASE WHEN {half} <= 0 THEN {number} "
        f"WHEN {digits} > 0 THEN CAST(format('{{:.{{}}f}}', {number}, {digits}) AS DOUBLE) "
        f"ELSE round_even({number} / {step}, 0) * {step} END)"
    )


def read_sql(text: str) -> str:
    """SQL for the DOUBLE that a text says; NULL where it says none. What is too large reads as infinite."""
    said = f"trim({text}, ' \t')"
    return f"CASE WHEN regexp_full_match({said}, {literal(_WRITTEN)}) THEN TRY_CAST({said} AS DOUBLE) END"


def missing_sql(text: str) -> str:
    """SQL for whether a text stands for no number."""
    return f"lower(trim({text}, ' \t')) IN ({', '.join(map(literal, MISSING))})"
