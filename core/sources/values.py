"""Tables that Python reads value by value: as texts in Parquet for the store to read, with the type of all the values.

A type is given only where it gives every value back: numbers, truth values, dates and times. A column of several kinds
stays text, and nested values stay JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import SourceError
from core.records import Reader, Schema
from core.sources.base import file_literal
from core.sources.delimited.dialect import refuse_duplicates
from core.sources.delimited.types import temporal
from core.sources.paths import Part
from core.sources.tabular import (
    FILE_COLUMN,
    LINE_COLUMN,
    Found,
    check_roles,
    file_splits,
    merged_types,
    role_columns,
    select,
    union,
    used,
)
from core.sql import identifier

MAX_COLUMNS = 10_000
_EXACT = 2**53
"""Up to here a DOUBLE holds every whole number."""
_LARGEST = 2**63 - 1
_PLAIN = ("BIGINT", "DOUBLE", "BOOLEAN")
"""Types whose values a preview shows as they are, not as texts."""

Fields = Mapping[str, Any]
Truth = tuple[str, str]
"""How a format writes false and true."""


@dataclass(slots=True)
class Column:
    """What is known of a column after some of its rows."""

    truth: Truth
    kinds: set[type] = field(default_factory=set)
    largest: int = 0
    """Of the absolute values of whole numbers."""
    times: str | None = ""
    """DATE or TIMESTAMP where every text so far is one, None where one is not, empty before the first."""

    def add(self, values: Sequence[Any]) -> pa.Array:
        """Takes note of further values and returns them as texts; None stays missing."""
        kinds = set(map(type, values)) - {type(None)}
        self.kinds |= kinds
        if int in kinds:
            self.largest = max(self.largest, *(abs(value) for value in values if type(value) is int))
        if str in kinds and self.times is not None:
            found = temporal(value for value in values if type(value) is str)
            self.times = found if self.times in ("", found) else None
        if kinds <= {str}:
            return pa.array(values, pa.string())
        return pa.array([None if value is None else self._text(value) for value in values], pa.string())

    @property
    def type(self) -> str:
        """The DuckDB type that holds every value as it is."""
        if self.kinds == {bool}:
            return "BOOLEAN"
        if self.kinds == {int}:
            return "BIGINT" if self.largest <= _LARGEST else "VARCHAR"
        if self.kinds and self.kinds <= {int, float}:
            return "DOUBLE" if self.largest <= _EXACT else "VARCHAR"
        if self.kinds == {str}:
            return self.times or "VARCHAR"
        if self.kinds and self.kinds <= {date, datetime}:
            return "DATE" if self.kinds == {date} else "TIMESTAMP"
        return "TIME" if self.kinds == {time} else "VARCHAR"

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return self.truth[value]
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, timedelta):
            return _hours(value)
        return str(value)


def _hours(span: timedelta) -> str:
    """A span of time as spreadsheets show it: 30:01:05, and a fraction of a second where there is one."""
    seconds, fraction = divmod(abs(span), timedelta(seconds=1))
    shown = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    part = f".{fraction.microseconds:06}".rstrip("0") if fraction else ""
    return f"{'-' if span < timedelta(0) else ''}{shown}{part}"


def found_in(part: Part, rows: Sequence[Fields], truth: Truth, note: str, estimate: int | None) -> Found:
    """A sample of a file for its preview. Raises SourceError where names differ in capitals only."""
    names = _names(rows, (), part)
    refuse_duplicates(names, part.path.name)
    columns = [Column(truth) for _ in names]
    values = [[row.get(name) for row in rows] for name in names]
    texts = [column.add(given) for column, given in zip(columns, values, strict=True)]
    kinds = tuple(column.type for column in columns)
    shown = [v if kind in _PLAIN else text.to_pylist() for v, kind, text in zip(values, kinds, texts, strict=True)]
    return Found(part, tuple(names), kinds, tuple(zip(*shown, strict=True)), note, estimate)


def _names(rows: Sequence[Fields], known: Sequence[str], part: Part) -> list[str]:
    """The names in the rows in order of appearance, behind those known. Raises SourceError for too many of them."""
    found = dict.fromkeys(known)
    keys = None
    for row in rows:
        if row.keys() != keys:
            keys = row.keys()
            found |= dict.fromkeys(keys)
            if len(found) > MAX_COLUMNS:
                raise SourceError(
                    f"{part.path.name} has more than {MAX_COLUMNS:,} different names of columns: they are data.",
                    "Write the same few names in every row.",
                )
    return list(found)


@dataclass(frozen=True, slots=True)
class Copy:
    """A file whose rows lie in Parquet files, every value as text."""

    found: Found
    files: tuple[Path, ...]


class Copier:
    """Writes the rows of one file to Parquet, batch by batch."""

    def __init__(self, part: Part, folder: Path, truth: Truth) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.count = 0
        self._part = part
        self._folder = folder
        self._truth = truth
        self._columns: dict[str, Column] = {}
        self._files: list[Path] = []

    def add(self, rows: Sequence[Fields], places: Sequence[int]) -> None:
        """`places`: the line or number of each row in the file."""
        names = _names(rows, list(self._columns), self._part)
        columns = [self._columns.setdefault(name, Column(self._truth)) for name in names]
        arrays = [column.add([row.get(name) for row in rows]) for name, column in zip(names, columns, strict=True)]
        path = self._folder / f"{len(self._files)}.parquet"
        table = pa.Table.from_arrays([*arrays, pa.array(places, pa.int64())], [*names, LINE_COLUMN])
        pq.write_table(table, path, compression="lz4")
        self._files.append(path)
        self.count += len(rows)

    def copy(self, note: str) -> Copy:
        """What was written. Raises SourceError where names differ in capitals only."""
        refuse_duplicates(list(self._columns), self._part.path.name)
        kinds = tuple(column.type for column in self._columns.values())
        return Copy(Found(self._part, tuple(self._columns), kinds, (), note, self.count), tuple(self._files))


def reader_of(copies: Sequence[Copy], schema: Schema, rejected: Path | None) -> Reader:
    """The relation over copied files. `rejected`: the rows that were set aside while copying, where there are any."""
    types = merged_types([copy.found for copy in copies])
    by_file = file_splits([copy.found for copy in copies], types)
    names = [*types, *(["split"] if by_file else [])]
    check_roles(schema, names)
    columns = used(schema, names)
    types |= dict.fromkeys(role_columns(schema) & set(types), "VARCHAR")
    return Reader(
        sql=union([select(copy.found, _relation(copy, types), columns, by_file, (LINE_COLUMN,)) for copy in copies]),
        total_bytes=sum(copy.found.part.path.stat().st_size for copy in copies),
        rejected_parquet=str(rejected) if rejected else None,
        row_estimate=sum(copy.found.row_estimate or 0 for copy in copies) or None,
        file_column=FILE_COLUMN,
        line_column=LINE_COLUMN,
    )


def _relation(copy: Copy, types: Mapping[str, str]) -> str:
    """The copy in the types that its columns have. A column that not every batch has is missing in the others."""
    chosen = ", ".join(
        identifier(name)
        if types[name] == "VARCHAR"
        else f"CAST({identifier(name)} AS {types[name]}) AS {identifier(name)}"
        for name in copy.found.names
    )
    listed = ", ".join(map(file_literal, copy.files))
    return f"(SELECT {chosen}, {LINE_COLUMN} FROM read_parquet([{listed}], union_by_name=true))"
