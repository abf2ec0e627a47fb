"""How a CSV file is laid out: delimiter, quote, header and types, found from a sample of its text.

Dirty rows must not mislead: the delimiter is the one by which most rows have the same number of cells.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import SourceError
from core.settings import MAX_CELL_BYTES
from core.sources.types import infer

DELIMITERS = (",", "\t", ";", "|")
_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Dialect:
    """The layout of one file."""

    delimiter: str
    quote: str
    """Empty where quotes mean nothing."""
    escape: str
    header: bool
    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """The sample's rows that have the right number of cells; an empty cell is None."""


def find(text: str, file: str, tabs: bool = False) -> Dialect:
    """The layout of a sample. Raises SourceError when the header names a column twice or there are no rows."""
    csv.field_size_limit(MAX_CELL_BYTES)
    quote, escape = _quoting(text)
    parsed = {mark: _rows(text, mark, quote, escape) for mark in (("\t",) if tabs else DELIMITERS)}
    delimiter = max(parsed, key=lambda mark: (_consistency(parsed[mark]), -DELIMITERS.index(mark)))
    rows = parsed[delimiter]
    if not rows:
        raise SourceError(f"{file} holds no rows.", "Choose a file with a header line and at least one row.")
    width = _width(rows)
    header = len(rows[0]) == width and _is_header(rows[0], [row for row in rows[1:] if len(row) == width])
    names = tuple(name.strip() or f"column{i}" for i, name in enumerate(rows[0])) if header else ()
    names = names or tuple(f"column{i}" for i in range(width))
    refuse_duplicates(names, file)
    body = tuple(tuple(cell or None for cell in row) for row in rows[int(header) :] if len(row) == width)
    types = tuple(infer(column) for column in zip(*body, strict=True)) if body else ("VARCHAR",) * width
    return Dialect(delimiter, quote, escape, header, names, types, body)


def refuse_duplicates(names: Sequence[str], file: str) -> None:
    """Raises SourceError when two columns have one name; case does not count, as in SQL."""
    seen = Counter(name.lower() for name in names)
    twice = [name for name in names if seen[name.lower()] > 1]
    if twice:
        raise SourceError(
            f"{file}: the column name '{twice[0]}' occurs {seen[twice[0].lower()]} times.",
            "Give every column a name of its own in the header line (capitals do not count) and load again.",
        )


def _quoting(text: str) -> tuple[str, str]:
    """Quote and escape: backslashes escape where `\\"` occurs and doubled quotes do not."""
    if '\\"' in text and '""' not in text.replace('\\"', ""):
        return '"', "\\"
    return '"', '"'


def _rows(text: str, delimiter: str, quote: str, escape: str) -> list[list[str]]:
    """The sample's rows. A cell that spans very many lines is taken for a quote that is never closed."""
    lines = text.splitlines()
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote,
        doublequote=escape == quote,
        escapechar=None if escape == quote else escape,
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) >= _ROWS:
                break
    except csv.Error:
        pass
    return rows


def _width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have; of equals, the header's."""
    widths = Counter(map(len, rows))
    most = widths.most_common(1)[0]
    return len(rows[0]) if widths[len(rows[0])] == most[1] else most[0]


def _consistency(rows: Sequence[Sequence[str]]) -> float:
    """Share of rows with the most frequent width, as far as that width is more than one; the header weighs in."""
    if not rows:
        return -1.0
    width = _width(rows)
    if width == 1:
        return 0.0
    share = sum(len(row) == width for row in rows) / len(rows)
    return share + (len(rows[0]) == width) + 0.01 * min(width, 50)


def _is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
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
