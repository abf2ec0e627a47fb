"""CSV and TSV files: the store's own reader, told exactly how each file is laid out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice

from core.errors import SourceError
from core.modalities import WORDS
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID, MISFIT, CsvFile, Preview, Reader, Schema
from core.settings import MAX_CELL_BYTES
from core.sources.base import Bench, Source, file_literal
from core.sources.delimited.dialect import Dialect, find
from core.sources.delimited.encoding import UNDECODABLE, Encoding, detect, read_sample
from core.sources.delimited.sanitise import BLOCK, csv_records, look, sanitise
from core.sources.delimited.types import fits
from core.sources.paths import Part, has_suffix, parts
from core.sources.rejects import RejectWriter
from core.sources.tabular import (
    FILE_COLUMN,
    REASON_COLUMN,
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
from core.sql import identifier, literal
from core.words import later, stored

SUFFIXES = (".csv", ".tsv", ".tab")


_MARKS = {"\t": later("tab"), ",": later("comma"), ";": later("semicolon"), "|": later("bar")}
SURPLUS = later("too many columns: {value}")
_SHOWN = 60
"""Characters of a line above the header that are shown."""


@dataclass(frozen=True, slots=True)
class _Csv:
    """A CSV file with everything that was found out about it."""

    found: Found
    dialect: Dialect
    encoding: Encoding

    @property
    def all_names(self) -> tuple[str, ...]:
        """The columns that the reader sees: those of the table, and empty ones at the end that have no name."""
        taken = {name.lower() for name in self.dialect.names}
        free = (name for i in count() if (name := f"empty{i}") not in taken)
        return (*self.dialect.names, *islice(free, self.dialect.empty))


def _examine(part: Part) -> _Csv:
    sample = read_sample(part.path)
    encoding = detect(sample)
    text = sample.decode(encoding.codec, encoding.errors)
    if UNDECODABLE in text:
        text = "".join("\n" if UNDECODABLE in line else line for line in io.StringIO(text, newline=""))
    dialect = find(text, part.path.name, tabs=part.path.suffix.lower() in (".tsv", ".tab"))
    if not dialect.rows:
        raise SourceError(f"{part.path.name} has a header and no rows.", "Choose a file with at least one row.")
    size = part.path.stat().st_size
    estimate = round(len(dialect.rows) * size / len(sample)) if len(dialect.rows) < 5000 else None
    note = _note(part, dialect, encoding)
    found = Found(part, dialect.names, dialect.types, dialect.rows, note, estimate or _lines(sample, size))
    return _Csv(found, dialect, encoding)


def _note(part: Part, dialect: Dialect, encoding: Encoding) -> str:
    """What was found out, and what is left out."""
    mark = _MARKS.get(dialect.delimiter, repr(dialect.delimiter))
    said = stored(f"{part.path.name}: {mark}-separated, {encoding.title}")
    if not dialect.header:
        said = stored(f"{part.path.name}: {mark}-separated, {encoding.title}, no header line")
    above = [line[:_SHOWN] for line in dialect.above if line.strip()]
    if above:
        lines = " / ".join(above[:3]) + (" …" if len(above) > 3 else "")
        left_out = (
            stored(f"left out above the header: {lines}")
            if dialect.header
            else stored(f"left out above the first row: {lines}")
        )
        said += f"; {left_out}"
    if dialect.unfilled:
        names = ", ".join(map(repr, dialect.unfilled))
        said += "; " + stored(f"no row has a cell for {names}")
    return said


_EXPORTED = tuple(
    frozenset((name, *columns))
    for name in (EXAMPLE_ID, EARLIER_EXAMPLE_ID)
    for columns in ((WORDS, "given_label", "label", "split"), ("given_label", "suggested_label", WORDS))
)
"""The columns that Winnow's exports of a version and of a list of issues have, among others."""


def _lines(sample: bytes, size: int) -> int:
    return round(max(1, sample.count(b"\n")) * size / len(sample))


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for an empty file, one without rows, or a header that names a column twice."""
    files = [_examine(part) for part in parts(locations, SUFFIXES, bench.within)]
    return preview_of("csv", [file.found for file in files])


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all files. A file that the reader cannot take as it is, is rewritten in the scratch folder."""
    files = [_examine(part) for part in parts(locations, SUFFIXES, bench.within)]
    types = merged_types([file.found for file in files])
    by_file = file_splits([file.found for file in files], types)
    check_roles(schema, [*types, *(["split"] if by_file else [])])
    columns = used(schema, [*types, *(["split"] if by_file else [])])
    texts = (role_columns(schema) & set(types)) | set(bench.misfits)
    kinds = {name: kind for name, kind in types.items() if kind != "VARCHAR" and name in columns and name not in texts}
    rejected = bench.scratch / "rejected.parquet"
    with RejectWriter(rejected) as rejects:
        ready = [_ready(file, bench, rejects, number) for number, file in enumerate(files)]
    judged = bool(kinds) or any(file.dialect.empty for file, _ in ready)
    also = (REASON_COLUMN,) if judged else ()
    relations = [_relation(file, kinds, large) if judged else _cells(file, large) for file, large in ready]
    found = [file.found for file, _ in ready]
    sql = union([select(one, sql, columns, by_file, also) for one, sql in zip(found, relations, strict=True)])
    return Reader(
        sql=sql,
        rejects=True,
        total_bytes=sum(file.found.part.path.stat().st_size for file, _ in ready),
        rejected_parquet=str(rejected) if rejects.count else None,
        row_estimate=sum(file.found.row_estimate or 0 for file in files) or None,
        file_column=FILE_COLUMN,
        reason_column=REASON_COLUMN if judged else None,
        whole_columns=tuple(name for name, kind in kinds.items() if kind == "BIGINT"),
        csv_files=tuple(
            CsvFile(
                str(file.found.part.path),
                file.dialect.delimiter,
                file.dialect.quote,
                file.dialect.escape,
                lines_before=file.dialect.lines_before,
                escaped=any(own.issubset(file.found.names) for own in _EXPORTED),
            )
            for file, _ in ready
        ),
    )


def _ready(file: _Csv, bench: Bench, rejects: RejectWriter, number: int) -> tuple[_Csv, bool]:
    """The file itself, or its clean copy; and whether lines may be as long as a cell may be."""
    path, dialect = file.found.part.path, file.dialect
    quoted_above = any(dialect.quote in line for line in dialect.above)  # the reader would look for the other one below
    if file.encoding.native and not quoted_above and not look(path, dialect.quote):
        return file, False
    clean = bench.scratch / str(number) / path.name
    clean.parent.mkdir(parents=True, exist_ok=True)
    records = partial(csv_records, delimiter=dialect.delimiter, quote=dialect.quote, escape=dialect.escape)
    sanitise(path, clean, file.encoding, records, rejects, bench, len(dialect.above))
    return replace(file, found=replace(file.found, part=replace(file.found.part, path=clean))), True


def _relation(file: _Csv, kinds: Mapping[str, str], large: bool) -> str:
    """The file as a relation: cells as the texts that they are, or in the types `kinds` of their columns. A row with a
    cell that its type would not give back, or one in a column that should be empty, says so in `REASON_COLUMN`."""
    own = {name: kind for name, kind in kinds.items() if name in file.dialect.names}
    unnamed = file.all_names[len(file.dialect.names) :]
    chosen = [_typed(name, own[name]) if name in own else identifier(name) for name in file.dialect.names]
    bad = {
        f"NOT {fits(identifier(name), kind)}": f"{literal(f'{MISFIT}{name}: ')} || {identifier(name)}"
        for name, kind in own.items()
    }
    bad |= {
        f"{identifier(name)} IS NOT NULL": f"{literal(SURPLUS.removesuffix('{value}'))} || {identifier(name)}"
        for name in unnamed
    }
    said = ", ".join(f"CASE WHEN {test} THEN {reason} END" for test, reason in bad.items())
    reason = f"CASE WHEN {' OR '.join(bad)} THEN concat_ws('; ', {said}) END" if bad else "NULL::VARCHAR"
    return f"(SELECT {', '.join(chosen)}, {reason} AS {REASON_COLUMN} FROM {_cells(file, large)})"


def _typed(name: str, kind: str) -> str:
    """Whole numbers are read as DOUBLE: the store makes them BIGINT once it knows that all of them are."""
    return f"TRY_CAST({identifier(name)} AS {'DOUBLE' if kind == 'BIGINT' else kind}) AS {identifier(name)}"


def _cells(file: _Csv, large: bool) -> str:
    """`read_csv` with nothing left to guess. The buffer is larger than any line: DuckDB drops longer ones unseen."""
    dialect = file.dialect
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in file.all_names)
    line = 2 * MAX_CELL_BYTES if large else 2 * BLOCK
    return (
        f"read_csv({file_literal(file.found.part.path)}, auto_detect=false, header={str(dialect.header).lower()}, "
        f"skip={len(dialect.above)}, delim={literal(dialect.delimiter)}, quote={literal(dialect.quote)}, "
        f"escape={literal(dialect.escape)}, columns={{{columns}}}, store_rejects=true, rejects_limit=0, "
        f"max_line_size={line}, buffer_size={4 * line})"
    )


SOURCE = Source(
    "csv",
    "CSV or TSV",
    "tabular",
    lambda location: has_suffix(location, SUFFIXES),
    preview,
    reader,
    suffixes=SUFFIXES,
)
