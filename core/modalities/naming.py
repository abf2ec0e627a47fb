"""Columns by the names that people give them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from core.records import Column


def plain_name(name: str) -> str:
    """A column's name as lists of names have it: without case, blanks and hyphens."""
    return unicodedata.normalize("NFKC", name).strip("# \t").lower().replace(" ", "_").replace("-", "_")


def first_named(
    columns: Sequence[Column], names: Sequence[str], fits: Callable[[Column], bool] = lambda column: True
) -> Column | None:
    """The column with the best-ranked of the plain `names` that fits."""
    by_name = {plain_name(column.name): column for column in columns}
    return next((by_name[name] for name in names if name in by_name and fits(by_name[name])), None)
