"""CSV and TSV files: the store's own reader, told exactly how each file is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.errors import SourceError
from core.records import CsvFile, Preview, Reader, Schema
from core.settings import MAX_CELL_BYTES
from core.sources.base import Bench, Source, file_literal, quoted
from core.sources.dialect import Dialect, find
from core.sources.encoding import UNDECODABLE, Encoding, detect, read_sample
from core.sources.paths import Part, has_suffix, parts
from core.sources.rejects import RejectWriter
from core.sources.tabular import (
    FILE_COLUMN,
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
from core.sources.wash import BLOCK, csv_records, look, wash

SUFFIXES = (".csv", ".tsv", ".tab")


@dataclass(frozen=True, slots=True)
class _Csv:
    """A CSV file with everything that was found out about it."""

    found: Found
    dialect: Dialect
    encoding: Encoding


def _examine(part: Part) -> _Csv:
    sample = read_sample(part.path)
    encoding = detect(sample)
    text = sample.decode(encoding.codec, encoding.errors)
    clean = "\n".join(line for line in text.splitlines() if UNDECODABLE not in line)
    dialect = find(clean, part.path.name, tabs=part.path.suffix.lower() in (".tsv", ".tab"))
    if not dialect.rows:
        raise SourceError(f"{part.path.name} has a header and no rows.", "Choose a file with at least one row.")
    size = part.path.stat().st_size
    estimate = round(len(dialect.rows) * size / len(sample)) if len(dialect.rows) < 5000 else None
    mark = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}[dialect.delimiter]
    header = "" if dialect.header else ", no header line"
    note = f"{part.path.name}: {mark}-separated, {encoding.title}{header}"
    found = Found(part, dialect.names, dialect.types, dialect.rows, note, estimate or _lines(sample, size))
    return _Csv(found, dialect, encoding)


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
    whole = {name for name, kind in types.items() if kind == "BIGINT" and name not in texts}
    kinds = types | dict.fromkeys(whole, "DOUBLE") | dict.fromkeys(texts, "VARCHAR")
    rejected = bench.scratch / "rejected.parquet"
    with RejectWriter(rejected) as rejects:
        ready = [_ready(file, bench, rejects, number) for number, file in enumerate(files)]
    sql = union([select(file.found, _relation(file, kinds, large), columns, by_file) for file, large in ready])
    return Reader(
        sql=sql,
        rejects=True,
        total_bytes=sum(file.found.part.path.stat().st_size for file, _ in ready),
        rejected_parquet=str(rejected) if rejects.count else None,
        row_estimate=sum(file.found.row_estimate or 0 for file in files) or None,
        file_column=FILE_COLUMN,
        whole_columns=tuple(name for name in columns if name in whole),
        csv_files=tuple(
            CsvFile(
                str(file.found.part.path),
                file.dialect.delimiter,
                file.dialect.quote,
                file.dialect.escape,
                lines_before=int(file.dialect.header),
            )
            for file, _ in ready
        ),
    )


def _ready(file: _Csv, bench: Bench, rejects: RejectWriter, number: int) -> tuple[_Csv, bool]:
    """The file itself, or its clean copy; and whether lines may be as long as a cell may be."""
    path, dialect = file.found.part.path, file.dialect
    if file.encoding.native and not look(path, dialect.quote):
        return file, False
    clean = bench.scratch / str(number) / path.name
    clean.parent.mkdir(parents=True, exist_ok=True)
    records = partial(csv_records, delimiter=dialect.delimiter, quote=dialect.quote, escape=dialect.escape)
    wash(path, clean, file.encoding, records, rejects, bench)
    return replace(file, found=replace(file.found, part=replace(file.found.part, path=clean))), True


def _relation(file: _Csv, kinds: dict[str, str], large: bool) -> str:
    """`read_csv` with nothing left to guess. The buffer is larger than any line: DuckDB drops longer ones unseen."""
    dialect = file.dialect
    columns = ", ".join(f"{quoted(name)}: {quoted(kinds[name])}" for name in dialect.names)
    line = 2 * MAX_CELL_BYTES if large else 2 * BLOCK
    return (
        f"read_csv({file_literal(file.found.part.path)}, auto_detect=false, header={str(dialect.header).lower()}, "
        f"delim={quoted(dialect.delimiter)}, quote={quoted(dialect.quote)}, escape={quoted(dialect.escape)}, "
        f"columns={{{columns}}}, store_rejects=true, rejects_limit=0, max_line_size={line}, buffer_size={4 * line})"
    )


SOURCE = Source("csv", "CSV or TSV", "tabular", lambda location: has_suffix(location, SUFFIXES), preview, reader)
