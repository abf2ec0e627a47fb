"""Which DuckDB type a column of texts has. Strict where a guess would change what was written: `007` stays text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime

_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})")
"""Up to 15 digits, which a DOUBLE holds exactly. Longer ones are ids: as text they lose nothing."""
_LONG = re.compile(r"[+-]?\d{16,}")
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?")


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


_TESTS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("BIGINT", _INTEGER.fullmatch),
    ("DOUBLE", lambda text: _NUMBER.fullmatch(text) and not _LONG.fullmatch(text)),
    ("BOOLEAN", lambda text: text.lower() in ("true", "false")),
    ("DATE", _is_date),
    ("TIMESTAMP", _is_time),
)


def infer(values: Iterable[str | None]) -> str:
    """The narrowest type that holds every value; missing ones do not count, and none at all means VARCHAR."""
    present = [value for value in values if value]
    if not present:
        return "VARCHAR"
    return next((name for name, test in _TESTS if all(map(test, present))), "VARCHAR")
