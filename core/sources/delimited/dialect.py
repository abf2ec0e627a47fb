"""How a CSV file is laid out: delimiter, quote, header and types, found from a sample of its text.

Dirty rows must not mislead: the delimiter is the one by which most rows have the same number of cells. The header is
looked for below titles and remarks, and may have a cell more or less than the rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import SourceError
from core.settings import MAX_CELL_BYTES
from core.sources.delimited.sanitise import faults
from core.sources.delimited.types import infer

DELIMITERS = (",", "\t", ";", "|")
_ROWS = 5000
_ABOVE = 30
"""Records above the header at most."""
_SEPARATOR = re.compile(r'"?sep=([^"\r\n])"?[,;\t|]*\r?\n')
"""The line by which Excel is told the delimiter."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The layout of one file."""

    delimiter: str
    quote: str
    """Empty where quotes mean nothing."""
    escape: str
    header: bool
    names: tuple[str, ...]
    """Without the blanks around them; `column0`, `column1` … where there are none."""
    types: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """The sample's rows that have the right number of cells; an empty cell is None."""
    above: tuple[str, ...] = ()
    """The lines above the header, or above the first row where there is none."""
    lines_before: int = 0
    """How many lines there are before the first row."""
    empty: int = 0
    """Cells at the end of every row that hold nothing and have no name."""
    unfilled: tuple[str, ...] = ()
    """Names at the end of the header that no row has a cell for."""


@dataclass(frozen=True, slots=True)
class _Record:
    cells: list[str]
    begin: int
    """Lines of the file before it."""
    end: int
    """The same up to its end."""


@dataclass(frozen=True, slots=True)
class Head:
    """Which record names the columns, and how its cells stand over those of the rows."""

    place: int
    """Index of the header among the records."""
    names: tuple[str, ...]
    empty: int = 0
    unfilled: tuple[str, ...] = ()


def find(text: str, file: str, tabs: bool = False) -> Dialect:
    """The layout of a sample. Raises SourceError when the header names a column twice or there are no rows."""
    csv.field_size_limit(MAX_CELL_BYTES)
    told = _SEPARATOR.match(text)
    marks: Sequence[str] = (told[1],) if told else ("\t",) if tabs else DELIMITERS
    table = "\n" + text[told.end() :] if told else text
    delimiter, escape, records = _parsed(table, marks)
    if not records:
        raise SourceError(f"{file} holds no rows.", "Choose a file with a header line and at least one row.")
    rows = [record.cells for record in records]
    width = _width(rows)
    head = head_of(rows, width)
    first = records[head.place if head else _first_row(rows, width)]
    names = head.names if head else tuple(f"column{i}" for i in range(width))
    refuse_duplicates(names, file)
    below = rows[records.index(first) + bool(head) :]
    body = tuple(tuple(cell or None for cell in row[: len(names)]) for row in below if len(row) == width)
    return Dialect(
        delimiter,
        '"',
        escape,
        head is not None,
        names,
        tuple(infer(column) for column in zip(*body, strict=True)) if body else ("VARCHAR",) * len(names),
        body,
        tuple(line.rstrip("\r\n") for line in _lines(text)[: first.begin]),
        first.end if head else first.begin,
        head.empty if head else 0,
        head.unfilled if head else (),
    )


def refuse_duplicates(names: Sequence[str], file: str) -> None:
    """Raises SourceError when two columns have one name; case does not count, as in SQL."""
    seen = Counter(name.lower() for name in names)
    twice = next((name for name in names if seen[name.lower()] > 1), None)
    if twice is None:
        return
    spelled = list(dict.fromkeys(name for name in names if name.lower() == twice.lower()))
    if len(spelled) == 1:
        raise SourceError(
            f"{file}: the column name '{twice}' occurs {seen[twice.lower()]} times.",
            "Give every column a name of its own in the header line and load again.",
        )
    listed = " and ".join(f"'{name}'" for name in spelled)
    raise SourceError(
        f"{file}: the columns {listed} differ in capitals only, which cannot be kept apart.",
        "Rename all but one of them and load again.",
    )


def _lines(text: str) -> list[str]:
    """The lines with their ends, as an editor and the `csv` module see them: not at form feeds or U+2028."""
    return list(io.StringIO(text, newline=""))


def _parsed(text: str, marks: Sequence[str]) -> tuple[str, str, list[_Record]]:
    """Delimiter, escape and records. Backslashes escape where that leaves fewer records that break the rules."""
    delimiter, records = _delimited(text, marks, '"')
    if '\\"' not in text or faults(text, delimiter, '"', "\\") >= faults(text, delimiter, '"', '"'):
        return delimiter, '"', records
    delimiter, records = _delimited(text, marks, "\\")
    return delimiter, "\\", records


def _delimited(text: str, marks: Sequence[str], escape: str) -> tuple[str, list[_Record]]:
    """The delimiter by which most rows have the same number of cells, and the records that it makes."""
    parsed = {mark: _records(text, mark, escape) for mark in marks}
    ranked = {mark: _consistency([record.cells for record in parsed[mark]]) for mark in marks}
    delimiter = max(marks, key=lambda mark: (ranked[mark], -marks.index(mark)))
    return delimiter, parsed[delimiter]


def _records(text: str, delimiter: str, escape: str) -> list[_Record]:
    """The sample's records that are not blank."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        doublequote=escape == '"',
        escapechar=None if escape == '"' else escape,
    )
    records: list[_Record] = []
    line = 0
    try:
        for row in reader:
            if row:
                records.append(_Record(row, line, reader.line_num))
            line = reader.line_num
            if len(records) >= _ROWS:
                break
    except csv.Error:
        pass
    return records


def _width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have, remarks aside; of equals, the header's."""
    counted = [row for row in rows if not _is_remark(row)] or rows
    widths = Counter(map(len, counted))
    most = widths.most_common(1)[0]
    return len(counted[0]) if widths[len(counted[0])] == most[1] else most[0]


def _consistency(rows: Sequence[Sequence[str]]) -> float:
    """Share of rows with the most frequent width, as far as that width is more than one; the header weighs in."""
    if not rows:
        return -1.0
    width = _width(rows)
    if width == 1:
        return 0.0
    share = sum(len(row) == width for row in rows) / len(rows)
    head = None if len(rows[0]) == width else head_of(rows, width)
    headed = 1.0 if len(rows[0]) == width or (head and not head.place) else 0.5 if head else 0.0
    return share + headed + 0.01 * min(width, 50)


def head_of(rows: Sequence[Sequence[str]], width: int) -> Head | None:
    """The header: the first record that can be one, below titles and remarks. None where there is none."""
    remark: Head | None = None
    for place, row in enumerate(rows[: _ABOVE + 1]):
        below = [other for other in rows[place + 1 :] if len(other) == width]
        found = _over(place, row, below, width)
        if found is not None and (_is_remark(row) or _is_title(row)):
            remark = remark or found
        elif found is not None:
            return found
        elif len(row) == width and not (_is_remark(row) or _is_title(row)):
            break
    return remark or _uneven(rows, width)


def _over(place: int, row: Sequence[str], below: Sequence[Sequence[str]], width: int) -> Head | None:
    """`row` as the header of the rows below it, which may differ in separators at the end and nothing else."""
    named = len(row)
    while named > 1 and not row[named - 1].strip():
        named -= 1
    if named > width:
        return None
    filled = max((_filled(other) for other in below), default=width)
    if len(row) != width and filled > named:
        return None
    columns = max(named, min(filled, len(row)))
    if not is_header(row[:columns], [other[:columns] for other in below]):
        return None
    names = tuple(name.strip() or f"column{i}" for i, name in enumerate(row[:columns]))
    return Head(place, names, width - columns)


def _filled(row: Sequence[str]) -> int:
    """How many cells up to the last that holds something."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1]), 0)


def _uneven(rows: Sequence[Sequence[str]], width: int) -> Head | None:
    """A first line with one name more than the rows have cells, which then is nobody's, or with one less, as R writes
    tables: the first column numbers the rows and has no name."""
    row, below = rows[0], [other for other in rows[1:] if len(other) == width]
    if not below or width < 2 or _is_remark(row):
        return None
    if len(row) == width + 1 and is_header(row[:width], below):
        return Head(0, tuple(name.strip() or f"column{i}" for i, name in enumerate(row[:width])), 0, (row[width],))
    numbered = len({other[0] for other in below}) == len(below) and infer([other[0] for other in below]) == "BIGINT"
    if len(row) == width - 1 and numbered and all(row) and is_header(row, [other[1:] for other in below]):
        return Head(0, ("column0", *map(str.strip, row)))
    return None


def _first_row(rows: Sequence[Sequence[str]], width: int) -> int:
    """Where the rows begin in a file without a header: below the remarks."""
    return next((i for i, row in enumerate(rows[:_ABOVE]) if not _is_remark(row) or len(row) == width), 0)


def _is_remark(row: Sequence[str]) -> bool:
    return row[0].lstrip().startswith("#")


def _is_title(row: Sequence[str]) -> bool:
    """One cell of several, the first, or none."""
    return len(row) > 1 and not any(cell.strip() for cell in row[1:])


def is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: no value in it, nothing twice, and no name that is a class below. A
    header that occurs again in full, as in files pasted together, still is one."""
    cells = [cell.strip() for cell in first]
    columns = list(zip(*others, strict=True)) if others else [()] * len(cells)
    if not any(cells) or max(map(len, cells)) > 128 or any(map(_is_value, cells, columns)):
        return False
    few = [len(set(column)) <= len(column) / 2 + 1 for column in columns]
    again = [cell in column for cell, column in zip(cells, columns, strict=True) if cell]
    classes = [cell and repeats and cell in column for cell, repeats, column in zip(cells, few, columns, strict=True)]
    return all(again) or not any(classes)


def _is_value(cell: str, below: Sequence[str]) -> bool:
    """Whether a cell is a number, a date or a truth value as most cells below it are. Above cells of another kind,
    `true`, `0` or `2024` is a name."""
    if infer([cell]) == "VARCHAR":
        return False
    present = [other.strip() for other in below if other.strip()]
    return 2 * sum(infer([cell, other]) != "VARCHAR" for other in present) >= len(present)
