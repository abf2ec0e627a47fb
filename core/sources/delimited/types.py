"""Which DuckDB type a column of texts has: only one that gives back what was written.

`007`, `3E2`, `1_000` and `+5` stay text, and so do `2.1` and `2.10` in one column. What a sample of the texts is judged
by, every row is judged by while it is read (`fits`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from core.sql import literal

_WHOLE = r"0|-?[1-9]\d{0,14}"
"""Up to 15 digits, which a DOUBLE holds exactly. Longer ones are ids: as text they lose nothing."""
_FRACTION = r"-?(?:0|[1-9]\d*)\.(?:\d*[1-9]|0)"
"""No zeros behind that would be lost; `1.0` is how programs write a whole number that is a fraction by its type."""
_POWER = r"(?:\d{1,2}|[12]\d\d)"
"""Far enough from where a DOUBLE ends."""
_SCIENTIFIC = rf"-?\d(?:\.\d+)?[eE][+-]{_POWER}|-?\d\.\d+[eE]{_POWER}"
"""As programs write numbers. `3E2`, with neither sign nor point, is how people write rooms and flats."""
_NUMBER = f"(?:{_WHOLE}|{_FRACTION}|{_SCIENTIFIC})"
_DECIMAL = r"(-?)(0|[1-9]\d*)\.(\d+)"
_DATE = r"\d{4}-\d\d-\d\d"
_TIME = rf"{_DATE}[ T]\d\d:\d\d(?::\d\d(?:\.\d{{1,6}})?)?"
_EXACT_LENGTH = 16
"""Characters: 15 digits and a point, which a DOUBLE gives back as they were. A longer number has to prove it."""
_DECIMAL_DIGITS = 18


def _full(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


_is_number = _full(_NUMBER)
_decimal = re.compile(_DECIMAL, re.ASCII)


def _is_double(text: str) -> bool:
    """Whether the DOUBLE is the number that is written, however: `0.00001` is `1e-05`."""
    return bool(_is_number(text)) and (len(text) <= _EXACT_LENGTH or Decimal(repr(float(text))) == Decimal(text))


def _parses(parse: Callable[[str], object], pattern: str) -> Callable[[str], object]:
    written_so = _full(pattern)

    def test(text: str) -> bool:
        try:
            return bool(written_so(text) and parse(text))
        except ValueError:
            return False

    return test


_TESTS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("BIGINT", _full(_WHOLE)),
    ("DOUBLE", _is_double),
    ("BOOLEAN", lambda text: text.lower() in ("true", "false")),
    ("DATE", _parses(date.fromisoformat, _DATE)),
    ("TIMESTAMP", _parses(datetime.fromisoformat, _TIME)),
)


def infer(values: Iterable[str | None]) -> str:
    """The narrowest type that holds every value as it is written; missing ones do not count, and none at all means
    VARCHAR. Numbers that all have as many decimals are DECIMAL, which keeps the zeros: `1.10` is not `1.1`."""
    present = [value for value in values if value]
    if not present:
        return "VARCHAR"
    return next((name for name, test in _TESTS if all(map(test, present))), None) or _fixed(present) or "VARCHAR"


def temporal(values: Iterable[str]) -> str | None:
    """DATE or TIMESTAMP where every text is one, else None. A time with an offset from UTC is text: it says more."""
    present = list(values)
    return next((name for name, test in _TESTS[-2:] if present and all(map(test, present))), None)


def _fixed(values: Sequence[str]) -> str | None:
    found = [_decimal.fullmatch(value) for value in values]
    scales = {len(match[3]) if match and not _is_minus_zero(match[0]) else 0 for match in found}
    whole = max((len(match[2]) for match in found if match), default=0)
    scale = max(scales)
    if len(scales) > 1 or not scale or whole + scale > _DECIMAL_DIGITS:
        return None
    return f"DECIMAL({_DECIMAL_DIGITS},{scale})"


def _is_minus_zero(text: str) -> bool:
    return text.startswith("-") and not text.strip("-0.")


def fits(column: str, kind: str) -> str:
    """An SQL condition: whether the text in `column`, an SQL identifier, is missing or gives itself back as `kind`.

    BIGINT takes fractions too: whether a column of numbers is whole, the store decides once it has them all.
    """
    cast = f"TRY_CAST({column} AS {kind})"
    if kind == "BIGINT":
        whole = f"coalesce({column} = {cast}::VARCHAR AND length({column}) < {_EXACT_LENGTH}, false)"
        return f"({column} IS NULL OR {whole} OR {_sql_number(column)})"
    if kind == "DOUBLE":
        return f"({column} IS NULL OR {_sql_number(column)})"
    if kind == "BOOLEAN":
        return f"({column} IS NULL OR lower({column}) IN ('true', 'false'))"
    if kind in ("DATE", "TIMESTAMP"):
        pattern = _DATE if kind == "DATE" else _TIME
        return f"({column} IS NULL OR regexp_full_match({column}, {literal(pattern)}) AND {cast} IS NOT NULL)"
    return f"({column} IS NULL OR coalesce({cast}::VARCHAR = {column}, false))"


def _sql_number(column: str) -> str:
    """As `_is_double`. The two texts are compared at first, then, where the notation differs, the numbers."""
    double = f"TRY_CAST({column} AS DOUBLE)::VARCHAR"
    tiny = f"regexp_matches({column}, '[eE]-(1[4-9]|[2-9]\\d|\\d{{3}})')"  # 30 digits do not hold all of theirs
    exact = (
        f"NOT {tiny} AND coalesce({_same_decimal(column, double, 30)},"
        f" {_few_digits(column)} AND {_same_decimal(column, double, 8)})"
    )
    proven = (
        f"CASE WHEN length({column}) <= {_EXACT_LENGTH} OR {double} = {column} THEN true"
        f" ELSE coalesce({_same_power(column)} = {_same_power(double)}, false) OR coalesce({exact}, false) END"
    )
    return f"(regexp_full_match({column}, {literal(_NUMBER)}) AND {proven})"


def _same_power(number: str) -> str:
    """A number with an exponent, without what may be left out: `1.50E+05` is `1.5e5`."""
    exponent = f"regexp_replace(lower({number}), 'e\\+?(-?)0*(\\d)', 'e\\1\\2')"
    return f"regexp_replace({exponent}, '(\\.\\d*[1-9])0+e|\\.0+e', '\\1e')"


def _few_digits(number: str) -> str:
    """Whether so few digits are written that eight behind the point are all of them, where the number is not small."""
    return f"regexp_full_match({number}, '-?\\d+\\.\\d{{1,8}}|-?\\d\\.\\d{{1,16}}[eE].*')"


def _same_decimal(number: str, other: str, digits: int) -> str:
    """Whether two texts are one number, with so many digits behind the point; NULL for one that has no room there."""
    kind = f"DECIMAL(38,{digits})"
    return f"TRY_CAST({number} AS {kind}) = TRY_CAST({other} AS {kind})"
