"""What a fact of rows is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.store.database import Database

Having = Callable[[Database, str, Sequence[str]], tuple[str, list[object]]]


@dataclass(frozen=True, slots=True)
class RowFact:
    """Values that rows of a version may have, none, one or several each, and where that stands."""

    name: str
    """In filters; a column of the source of that name goes before it. How it is said: `services.lists.facts`."""
    having: Having
    """A query for the `example_id` of the version's rows that have one of these values, or any where none is named,
    with its parameters. It never gives NULL. Raises `NotFoundError` for a value that there cannot be."""
    values: Callable[[Database, str], Sequence[str]]
    """What the rows of a version may have, for a person to choose from."""

    @property
    def column(self) -> str:
        """As filters have it: no column of a table is called so."""
        return f"@{self.name}"
