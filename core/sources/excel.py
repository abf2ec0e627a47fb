"""Excel workbooks: the first visible sheet, cell by cell as calamine reads it, so that each cell keeps its own type.

What a cell shows beyond its value and whether it is a date (decimals, currencies, leading zeros) is not read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.sources.base import Bench, Source
from core.sources.delimited.dialect import head_of, refuse_duplicates
from core.sources.images.archive import check_members
from core.sources.paths import Part, has_suffix, parts
from core.sources.rejects import RejectWriter
from core.sources.tabular import Found, preview_of
from core.sources.values import MAX_COLUMNS, Column, Copier, Copy, found_in, reader_of
from core.words import stored

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

SUFFIXES = (".xlsx",)
_SAMPLE_ROWS = 2000
_BATCH_ROWS = 20_000
_BLOCK = 4 * 1024**2
_TRUTH = ("FALSE", "TRUE")
_EXACT = 2**53
"""Up to here a number in a sheet holds every whole number."""
_NAMED_SHEETS = 3
_SPARE_CELLS = 2_000_000
_SPARSE = 50
"""A sheet's rectangle may have so many times more cells than are filled before it is refused: it is held as a whole."""

_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")
_ROOT = re.compile(rb"<(\w+:)?worksheet[\s>]")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet with what was found out about it."""

    part: Part
    names: tuple[str, ...]
    above: int
    """Rows of the sheet up to the header, with it; of those that are filled."""
    cells: CalamineSheet
    note: str

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """The number of each row that is not empty, as Excel counts, and its cells."""
        return islice(_filled(self.cells), self.above, None)

    def fields(self, row: Sequence[Any]) -> dict[str, Any] | None:
        """A row's cells by name; None where one stands to the right of all names."""
        if any(cell is not None for cell in row[len(self.names) :]):
            return None
        return dict(zip(self.names, row, strict=False))


def _filled(cells: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """The rows in which anything stands, with their numbers; an empty cell is None, a whole number an int."""
    first = cells.start[0] if cells.start else 0
    for number, row in enumerate(cells.iter_rows(), first + 1):
        if any(cell != "" for cell in row):
            yield number, [_value(cell) for cell in row]


def _value(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    return None if cell == "" else cell


def _examine(part: Part) -> _Sheet:
    cells, notes = _opened(part)
    sample = [row for _, row in islice(_filled(cells), _SAMPLE_ROWS)]
    if not sample:
        raise SourceError(f"{part.path.name}: the first sheet has no rows.", "Put the table on the first sheet.")
    column = Column(_TRUTH)
    width = max(map(len, sample))
    texts = [[cell or "" for cell in column.add(row).to_pylist()] for row in sample]
    head = head_of(texts, width)
    names = head.names if head else tuple(f"column{i}" for i in range(width))
    refuse_duplicates(names, part.path.name)
    above = head.place + 1 if head else 0
    if len(sample) == above:
        raise SourceError(f"{part.path.name} has a header and no rows.", "Choose a file with at least one row.")
    if not head:
        notes.append("no header row")
    if above > 1:
        said = " / ".join(" ".join(filter(None, row)) for row in texts[: min(3, above - 1)])
        notes.append(f"left out above the header: {said[:180]}{' …' if above > 4 else ''}")
    return _Sheet(part, names, above, cells, f"{part.path.name}: {'; '.join(notes)}")


def _opened(part: Part) -> tuple[CalamineSheet, list[str]]:
    """The first visible sheet, and what there is to say of it. Raises SourceError for what is no workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with zipfile.ZipFile(part.path) as archive:
            check_members(archive, part.path.name)
            book = CalamineWorkbook.from_path(part.path)
            sheets = list(enumerate(book.sheets_metadata))
            tables = [one for one in sheets if one[1].typ == SheetTypeEnum.WorkSheet]
            place, sheet = next((one for one in tables if one[1].visible == SheetVisibleEnum.Visible), tables[0])
            notes = [f"sheet '{sheet.name}'" + _left_out([one.name for _, one in sheets if one is not sheet])]
            notes += _look(archive, _path(archive, place), part)
            return book.get_sheet_by_name(sheet.name), notes
    except (zipfile.BadZipFile, KeyError, IndexError, StopIteration, OSError) as error:
        raise SourceError(f"{part.path.name} is not an Excel workbook (.xlsx).", "Save it as .xlsx or CSV.") from error
    except CalamineError as error:
        raise _damaged(part, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a bug in the Rust library ends in; it derives from no other
            raise
        raise _damaged(part, error) from error


def _left_out(sheets: list[str]) -> str:
    named = ", ".join(f"'{name}'" for name in sheets[:_NAMED_SHEETS])
    more = f" and {len(sheets) - _NAMED_SHEETS:,} more" if sheets[_NAMED_SHEETS:] else ""
    return f", left out: {named}{more}" if sheets else ""


def _damaged(part: Part, error: BaseException) -> SourceError:
    return SourceError(
        f"{part.path.name} is damaged: {error}.", "Open it in Excel and save it again, as .xlsx or as CSV."
    )


def _path(archive: zipfile.ZipFile, place: int) -> str:
    """The file in the archive that holds the sheet with this place among all of the book."""
    targets = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        attributes = dict(_ATTRIBUTE.findall(tag))
        targets[attributes[b"Id"]] = attributes[b"Target"].decode()
    tag = _SHEET.findall(archive.read("xl/workbook.xml"))[place]
    key = next(value for name, value in _ATTRIBUTE.findall(tag) if name.endswith(b":id"))
    return targets[key].lstrip("/") if targets[key].startswith("/") else f"xl/{targets[key]}"


def _look(archive: zipfile.ZipFile, path: str, part: Part) -> list[str]:
    """Reads a sheet's text before its cells are: what these would not say. Raises SourceError where a few cells far
    from the others would make a rectangle that memory cannot hold."""
    columns: set[bytes] = set()
    cells = last_row = errors = unknown = 0
    tags: _Tags | None = None
    with archive.open(path) as file:
        for text in _by_rows(file):
            tags = tags or _Tags.of(text)
            names = tags.cell.findall(text)
            columns.update(names)
            cells += len(names)
            last_row = max(last_row, *map(int, tags.row.findall(text)), 0)
            errors += len(tags.error.findall(text)) if b't="e"' in text else 0
            unknown += len(tags.not_calculated.findall(text)) if tags.formula in text else 0
    width = max((_number(name) for name in columns), default=0)
    _refuse_sparse(part, width, last_row, cells)
    notes = []
    if errors:
        notes.append(f"{errors:,} cells hold an error such as #N/A and are read as empty")
    if unknown:
        notes.append(f"{unknown:,} formulas were never calculated and are read as empty: save the file in Excel")
    return notes


@dataclass(frozen=True, slots=True)
class _Tags:
    """What is looked for in a sheet's text. With the prefix spelled out, each pattern begins with a fixed text, which
    is found faster."""

    cell: re.Pattern[bytes]
    row: re.Pattern[bytes]
    error: re.Pattern[bytes]
    formula: bytes
    not_calculated: re.Pattern[bytes]

    @classmethod
    def of(cls, text: bytes) -> _Tags:
        """For a sheet that begins so: some programs write `<x:c>` where most write `<c>`."""
        root = _ROOT.search(text)
        x = (root[1] if root else None) or b""
        return cls(
            re.compile(rb'<%bc(?: [^>]*?)? r="([A-Z]+)\d' % x),
            re.compile(rb'<%brow(?: [^>]*?)? r="(\d+)"' % x),
            re.compile(rb'<%bc(?: [^>]*?)? t="e"' % x),
            b"</%bf>" % x,
            re.compile(rb"</%bf>\s*(?:<%bv\s*/>|<%bv></%bv>|</%bc>)" % (x, x, x, x, x)),
        )


def _by_rows(file: IO[bytes]) -> Iterator[bytes]:
    """The content in blocks that end where a row does."""
    rest = b""
    while block := file.read(_BLOCK):
        text = rest + block
        end = text.rfind(b"row>")
        rest = text[end:] if end > 0 else b""
        yield text[:end] if end > 0 else text
    yield rest


def _refuse_sparse(part: Part, width: int, height: int, cells: int) -> None:
    if width > MAX_COLUMNS:
        raise SourceError(
            f"{part.path.name} has a cell in column {width:,} of the sheet; at most {MAX_COLUMNS:,} columns are read.",
            "Delete what stands far to the right of the table.",
        )
    if width * height > _SPARE_CELLS and width * height > _SPARSE * cells:
        raise SourceError(
            f"{part.path.name}: the sheet reaches to row {height:,} and column {width:,} for {cells:,} filled cells.",
            "Delete what stands far away from the table, or save it as CSV.",
        )


def _number(name: bytes) -> int:
    """A column's number from its letters: AA → 27."""
    number = 0
    for letter in name[:8]:
        number = 26 * number + letter - 64
    return number


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for a file that is no workbook, has no rows, or names a column twice."""
    return preview_of("excel", [_sampled(_examine(part)) for part in parts(locations, SUFFIXES, bench.within)])


def _sampled(sheet: _Sheet) -> Found:
    taken = [sheet.fields(row) for _, row in islice(sheet.rows(), _SAMPLE_ROWS)]
    good = [fields for fields in taken if fields is not None]
    estimate = len(good) if len(taken) < _SAMPLE_ROWS else max(len(good), sheet.cells.height - sheet.above)
    return found_in(sheet.part, good, _TRUTH, sheet.note, estimate)


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all workbooks; roles as texts, attributes in the type that all of their cells have."""
    rejected = bench.scratch / "rejected.parquet"
    with RejectWriter(rejected) as rejects:
        copies = [
            _copied(_examine(part), bench, rejects, bench.scratch / str(number))
            for number, part in enumerate(parts(locations, SUFFIXES, bench.within))
        ]
    return reader_of(copies, schema, rejected if rejects.count else None)


def _copied(sheet: _Sheet, bench: Bench, rejects: RejectWriter, folder: Path) -> Copy:
    copier = Copier(sheet.part, folder, _TRUTH)
    rows = sheet.rows()
    while batch := list(islice(rows, _BATCH_ROWS)):
        bench.check_stop()
        found = [(number, sheet.fields(row), row) for number, row in batch]
        for number, fields, row in found:
            if fields is None:
                shown = [str(cell) for cell in row if cell is not None]
                rejects.add(sheet.part.path.name, number, stored("too many columns"), " | ".join(shown))
        good = [(number, fields) for number, fields, _ in found if fields is not None]
        copier.add([fields for _, fields in good], [number for number, _ in good])
    return copier.copy(sheet.note)


SOURCE = Source(
    "excel",
    "Excel",
    "tabular",
    lambda location: has_suffix(location, SUFFIXES),
    preview,
    reader,
    suffixes=SUFFIXES,
)
