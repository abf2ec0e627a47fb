"""Records of lists of rows: their columns, and what narrows and sorts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

How = Literal["=", "!=", "contains", ">=", "<=", ">", "<", "missing", "present"]
ColumnKind = Literal["category", "number", "time", "words", "flag", "fact"]
"""How a column is asked for: by its values, within bounds, by words, whether it applies, or by what a row is said to be
elsewhere, of which it may have none, one or several."""


@dataclass(frozen=True, slots=True)
class ColumnFilter:
    """One thing that the rows of a list have in common, of any column."""

    column: str
    """As the store has it: one of a row's own, an attribute's, or one that the list adds to its rows."""
    how: How
    values: tuple[str, ...] = ()
    """For `=` and `!=` any of them; one for the others, words for `contains`; none for `missing` and `present`."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list of rows."""

    name: str
    """In files, links and commands."""
    title: str
    """Above the column on a page."""
    column: str
    """As the store has it."""
    kind: ColumnKind
    added: bool = False
    """Whether the list adds it to its rows, as a score or a prediction."""


@dataclass(frozen=True, slots=True)
class View:
    """What somebody saved of a list under a name: filter, order and columns."""

    dataset_id: str
    name: str
    page: str
    """The page whose list it is."""
    query: tuple[tuple[str, str], ...]
    """The parameters of its link, a key as often as it has values; without the dataset."""
    saved_by: str
    saved_at: datetime
