"""Excel workbooks: the first sheet, read by DuckDB's own extension."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.sources.archive import check_members
from core.sources.base import Bench, Source, named, quoted
from core.sources.dialect import refuse_duplicates
from core.sources.paths import Part, has_suffix, parts
from core.sources.tabular import (
    FILE_COLUMN,
    LINE_COLUMN,
    Found,
    check_roles,
    file_splits,
    merged_types,
    preview_of,
    role_columns,
    select,
    union,
    used,
)

SUFFIXES = (".xlsx",)
EXTENSIONS = ("excel",)
_SAMPLE_ROWS = 2000


def _relation(part: Part, texts: bool, header: bool = True) -> str:
    options = f"header={str(header).lower()}, stop_at_empty=false, ignore_errors=true"
    return f"read_xlsx({quoted(str(part.path))}, {options}, all_varchar={str(texts).lower()})"


def _examine(part: Part, bench: Bench) -> Found:
    try:
        with zipfile.ZipFile(part.path) as book:
            check_members(book, part.path.name)
            sheets = re.findall(rb"<sheet [^>]*name=\"([^\"]*)\"", book.read("xl/workbook.xml"))
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise SourceError(f"{part.path.name} is not an Excel workbook (.xlsx).", "Save it as .xlsx or CSV.") from error
    first = bench.query(f"SELECT * FROM {_relation(part, True, header=False)} LIMIT 1", EXTENSIONS)
    refuse_duplicates([str(cell) for cell in (first.rows[0] if first.rows else ()) if cell], part.path.name)
    listed = bench.query(f"SELECT * FROM {_relation(part, False)} LIMIT {_SAMPLE_ROWS}", EXTENSIONS)
    rows = tuple(row for row in listed.rows if any(cell is not None for cell in row))
    if not rows:
        raise SourceError(f"{part.path.name}: the first sheet has no rows.", "Put the table on the first sheet.")
    name = sheets[0].decode("utf-8", "replace") if sheets else "1"
    note = f"{part.path.name}: sheet '{name}'" + (f", {len(sheets) - 1} more left out" if len(sheets) > 1 else "")
    return Found(part, listed.names, listed.types, rows, note)


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for a file that is no workbook, has no rows, or names a column twice."""
    return preview_of("excel", [_examine(part, bench) for part in parts(locations, SUFFIXES, bench.within)])


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all workbooks; roles as the text that Excel shows for plain cells, attributes typed."""
    found = [_examine(part, bench) for part in parts(locations, SUFFIXES, bench.within)]
    types = merged_types(found)
    by_file = file_splits(found, types)
    names = [*types, *(["split"] if by_file else [])]
    check_roles(schema, names)
    columns = used(schema, names)
    texts = role_columns(schema)
    return Reader(
        sql=union([_select(file, types, texts, columns, by_file) for file in found]),
        extensions=EXTENSIONS,
        total_bytes=sum(file.part.path.stat().st_size for file in found),
        file_column=FILE_COLUMN,
        line_column=LINE_COLUMN,
    )


def _select(file: Found, types: dict[str, str], texts: set[str], columns: Sequence[str], by_file: bool) -> str:
    """Typed and textual reading side by side, by position: a label `1` must not become `1.0`, a date stays a date.

    Rows that are wholly empty are left out: a sheet goes on for ever.
    """
    chosen = [
        f"t.{named(name)}" if name in texts else f"v.{named(name)}::{types[name]} AS {named(name)}"
        for name in file.names
    ]
    filled = " OR ".join(f"t.{named(name)} IS NOT NULL" for name in file.names)
    relation = (
        f"(SELECT t.{LINE_COLUMN}, {', '.join(chosen)} "
        f"FROM (SELECT row_number() OVER () + 1 AS {LINE_COLUMN}, * FROM {_relation(file.part, True)}) t "
        f"POSITIONAL JOIN {_relation(file.part, False)} v WHERE {filled})"
    )
    return select(file, relation, columns, by_file, (LINE_COLUMN,))


SOURCE = Source("excel", "Excel", "tabular", lambda location: has_suffix(location, SUFFIXES), preview, reader)
