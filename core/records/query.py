"""What a query gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ResultKind = Literal["number", "time", "flag", "words"]
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "UINTEGER", "UBIGINT")


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of a query's result."""

    name: str
    type: str
    """As DuckDB calls it."""

    @property
    def kind(self) -> ResultKind:
        """What its values are to a table or a chart."""
        bare = self.type.partition("(")[0].removeprefix("U")
        if self.type.endswith("]") or bare.startswith(("STRUCT", "MAP")):
            return "words"
        if bare.startswith(("DATE", "TIMESTAMP")):
            return "time"
        return "flag" if bare == "BOOLEAN" else "number" if bare in _NUMBERS else "words"


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a query, as many as were asked for."""

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int
    """How many the query has."""
    seconds: float

    @property
    def names(self) -> list[str]:
        """The columns' names, each once: one that comes again has its number behind it."""
        names: list[str] = []
        for column in self.columns:
            name, count = column.name, 2
            while name in names:
                name, count = f"{column.name}_{count}", count + 1
            names.append(name)
        return names

    def column(self, place: int) -> list[Any]:
        """The values of one column."""
        return [row[place] for row in self.rows]

    def records(self) -> list[Mapping[str, Any]]:
        """The rows by the names of their columns."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]
