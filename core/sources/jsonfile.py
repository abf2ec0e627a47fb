"""JSON lines, and JSON documents that are a list of objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.settings import MAX_CELL_BYTES
from core.sources.base import Bench, Source, file_literal, named, quoted
from core.sources.encoding import Encoding, detect, read_sample
from core.sources.paths import Part, has_suffix, parts
from core.sources.rejects import RejectWriter
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
from core.sources.wash import BLOCK, json_records, wash

SUFFIXES = (".jsonl", ".ndjson", ".json")
_NESTED = ("STRUCT", "MAP", "JSON", "NULL")
_SAMPLE_ROWS = 2000
_OBJECT_BYTES = 4 * 1024**2
"""An object up to this size is read at full speed: the reader keeps two of this size for every thread. A file with a
larger one is read with room for what a cell may hold."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the reader is to read a file."""

    path: Path
    """The file, or its clean copy."""
    lines: bool
    washed: bool = False
    object_bytes: int = _OBJECT_BYTES


@dataclass(frozen=True, slots=True)
class _Json:
    """A JSON file that the reader can take as it is."""

    found: Found
    layout: _Layout


def _relation(layout: _Layout, types: dict[str, str] | None = None, sample: int = -1) -> str:
    form = "newline_delimited" if layout.lines else "array"
    chosen = ""
    if types is not None:
        chosen = f", columns={{{', '.join(f'{quoted(name)}: {quoted(kind)}' for name, kind in types.items())}}}"
    return (
        f"read_json({file_literal(layout.path)}, format='{form}', maximum_object_size={layout.object_bytes}, "
        f"sample_size={sample}{chosen})"
    )


def _examine(part: Part, bench: Bench, rejects: RejectWriter, whole: bool, number: int) -> _Json:
    """Types from all rows (`whole`) or from the first; the file is rewritten when it cannot be read as it is."""
    sample = read_sample(part.path)
    encoding = detect(sample)
    start = sample.decode(encoding.codec, encoding.errors).lstrip("\ufeff \t\r\n")[:1]
    if start not in ("{", "["):
        raise SourceError(
            f"{part.path.name} holds no JSON objects: it begins with {start!r}.",
            "Choose JSON lines (one object a line) or a list of objects.",
        )
    layout, names, types = _first_readable(part, encoding, start == "{", bench, rejects, whole, number)
    note = f"{part.path.name}: {'JSON lines' if layout.lines else 'a JSON list'}, {encoding.title}"
    estimate = round(max(1, sample.count(b"\n")) * part.path.stat().st_size / len(sample)) if layout.lines else None
    return _Json(Found(part, names, types, (), note, estimate), layout)


def _first_readable(
    part: Part, encoding: Encoding, lines: bool, bench: Bench, rejects: RejectWriter, whole: bool, number: int
) -> tuple[_Layout, tuple[str, ...], tuple[str, ...]]:
    """The first layout that works, with the columns found by it. Raises the last one's SourceError where none does."""
    problem = SourceError(f"{part.path.name} cannot be read.", "Check the file.")
    for layout in _layouts(part, encoding, lines, bench, rejects, whole, number):
        try:
            return (layout, *_columns(layout, bench, -1 if whole else _SAMPLE_ROWS))
        except SourceError as error:
            problem = error
    raise problem


def _layouts(
    part: Part, encoding: Encoding, lines: bool, bench: Bench, rejects: RejectWriter, whole: bool, number: int
) -> Iterator[_Layout]:
    """The ways to read a file, the quickest first: as it is, with room for large objects, rewritten."""
    if not lines:
        path = part.path if encoding.native else _recoded(part, bench, number)
        yield _Layout(path, False)
        yield _Layout(path, False, object_bytes=2 * MAX_CELL_BYTES)
        return
    if encoding.native and not (whole and _has_blank_lines(part.path)):
        yield _Layout(part.path, True)
    yield _Layout(_clean(part, bench, rejects, number), True, True, 2 * MAX_CELL_BYTES)


def _has_blank_lines(path: Path) -> bool:
    """Whether numbering the objects would miss the lines: the reader passes over blank ones."""
    before = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            joined = before + block
            if b"\n\n" in joined or b"\n\r\n" in joined:
                return True
            before = block[-2:]
    return False


def _columns(layout: _Layout, bench: Bench, sample: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and types; nested values are kept as their JSON text."""
    rows = bench.query(f"DESCRIBE SELECT * FROM {_relation(layout, sample=sample)}").rows
    kinds = ("VARCHAR" if str(row[1]).startswith(_NESTED) or str(row[1]).endswith("]") else str(row[1]) for row in rows)
    return tuple(str(row[0]) for row in rows), tuple(kinds)


def _clean(part: Part, bench: Bench, rejects: RejectWriter, number: int) -> Path:
    clean = bench.scratch / str(number) / part.path.name
    clean.parent.mkdir(parents=True, exist_ok=True)
    wash(part.path, clean, detect(read_sample(part.path)), json_records, rejects, bench, blank="{}")
    return clean


def _recoded(part: Part, bench: Bench, number: int) -> Path:
    """A JSON list in another encoding, as UTF-8, block by block."""
    clean = bench.scratch / str(number) / part.path.name
    clean.parent.mkdir(parents=True, exist_ok=True)
    encoding = detect(read_sample(part.path))
    try:
        with (
            part.path.open(encoding=encoding.codec, errors=encoding.errors, newline="") as source,
            clean.open("w", encoding="utf-8", newline="") as out,
        ):
            while block := source.read(BLOCK):
                bench.check_stop()
                out.write(block)
    except UnicodeError as error:
        raise SourceError(
            f"{part.path.name} is not all {encoding.title}.", "Save it as UTF-8, or as JSON lines."
        ) from error
    return clean


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for an empty file, and for a broken JSON list: that has no lines to set aside."""
    with RejectWriter(bench.scratch / "rejected.parquet") as rejects:
        files = [
            _examine(part, bench, rejects, False, number)
            for number, part in enumerate(parts(locations, SUFFIXES, bench.within))
        ]
    return preview_of("json", [_sampled(file, bench) for file in files])


def _sampled(file: _Json, bench: Bench) -> Found:
    types = dict(zip(file.found.names, file.found.types, strict=True))
    limit = f"SELECT * FROM {_relation(file.layout, types)} LIMIT {_SAMPLE_ROWS}"
    rows = [row for row in bench.query(limit).rows if any(value is not None for value in row)]
    found = file.found
    return Found(found.part, found.names, found.types, tuple(rows), found.note, found.row_estimate)


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all files, typed by all their rows; broken lines are set aside beforehand."""
    rejected = bench.scratch / "rejected.parquet"
    with RejectWriter(rejected) as rejects:
        files = [
            _examine(part, bench, rejects, True, number)
            for number, part in enumerate(parts(locations, SUFFIXES, bench.within))
        ]
    types = merged_types([file.found for file in files])
    by_file = file_splits([file.found for file in files], types)
    names = [*types, *(["split"] if by_file else [])]
    check_roles(schema, names)
    columns = used(schema, names)
    types |= dict.fromkeys(role_columns(schema) & set(types), "VARCHAR")
    return Reader(
        sql=union([_select(file, types, columns, by_file) for file in files]),
        total_bytes=sum(file.layout.path.stat().st_size for file in files),
        rejected_parquet=str(rejected) if rejects.count else None,
        row_estimate=sum(file.found.row_estimate or 0 for file in files) or None,
        file_column=FILE_COLUMN,
        line_column=LINE_COLUMN if all(file.layout.lines for file in files) else None,
    )


def _select(file: _Json, types: dict[str, str], columns: Sequence[str], by_file: bool) -> str:
    """Rows with their line. In a clean copy every line is an object: `{}` stands where one was set aside."""
    own = {name: types[name] for name in file.found.names}
    relation = _relation(file.layout, own)
    if not file.layout.lines:
        return select(file.found, relation, columns, by_file)
    relation = f"(SELECT row_number() OVER () AS {LINE_COLUMN}, * FROM {relation})"
    if file.layout.washed:
        filled = " OR ".join(f"{named(name)} IS NOT NULL" for name in own)
        relation = f"(SELECT * FROM {relation} WHERE {filled})"
    return select(file.found, relation, columns, by_file, (LINE_COLUMN,))


SOURCE = Source(
    "json", "JSON or JSON lines", "tabular", lambda location: has_suffix(location, SUFFIXES), preview, reader
)
