"""Parquet files, read by the store itself; class names that `datasets` left in the file are put in for the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.sources.base import Bench, Source, file_literal, named, quoted
from core.sources.features import class_names, simplified
from core.sources.paths import Part, has_suffix, parts
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

SUFFIXES = (".parquet", ".pq")
_SAMPLE_ROWS = 2000


def columns_sql(schema: pa.Schema, keep: bool = False) -> list[str]:
    """One SQL expression a column: class numbers as names, nested values as JSON text (`keep`: as they are)."""
    classes = class_names(schema)
    return [_expression(field, classes.get(field.name), keep) for field in schema]


def _expression(field: pa.Field, names: tuple[str, ...] | None, keep: bool) -> str:
    column = named(field.name)
    if names:
        listed = ", ".join(map(quoted, names))
        return f"([{listed}])[{column} + 1] AS {column}"
    if pa.types.is_nested(field.type) and not keep and not simplified(field.type):
        return f"to_json({column})::VARCHAR AS {column}"
    return column


def examine(part: Part, bench: Bench) -> Found:
    try:
        file = pq.ParquetFile(part.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{part.path.name} is not a readable Parquet file: {error}", "Check the file.") from error
    with file:
        if not file.metadata.num_rows:
            raise SourceError(f"{part.path.name} has no rows.", "Choose a file with at least one row.")
        listed = bench.query(f"SELECT * FROM {_relation(part, file.schema_arrow)} LIMIT {_SAMPLE_ROWS}")
        return Found(part, listed.names, listed.types, tuple(listed.rows), "", file.metadata.num_rows)


def _relation(part: Part, schema: pa.Schema) -> str:
    return f"(SELECT {', '.join(columns_sql(schema))} FROM read_parquet({file_literal(part.path)}))"


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for a file that is no Parquet or has no rows."""
    return preview_of("parquet", [examine(part, bench) for part in parts(locations, SUFFIXES, bench.within)])


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all files."""
    return reader_of(parts(locations, SUFFIXES, bench.within), schema, bench)


def reader_of(files: Sequence[Part], schema: Schema, bench: Bench) -> Reader:
    """The relation over Parquet files, also of those that another source wrote into its scratch folder."""
    found = [examine(part, bench) for part in files]
    types = merged_types(found)
    by_file = file_splits(found, types)
    names = [*types, *(["split"] if by_file else [])]
    check_roles(schema, names)
    columns = used(schema, names)
    texts = role_columns(schema)
    return Reader(
        sql=union([select(file, _typed(file, types, texts), columns, by_file) for file in found]),
        total_bytes=sum(file.part.path.stat().st_size for file in found),
        row_estimate=sum(file.row_estimate or 0 for file in found),
        file_column=FILE_COLUMN,
    )


def _typed(file: Found, types: dict[str, str], texts: set[str]) -> str:
    """The file's relation with role columns as text, and with one type a column over all files."""
    casts = []
    for name, kind in zip(file.names, file.types, strict=True):
        wanted = "VARCHAR" if name in texts else types[name]
        if wanted != kind:
            casts.append(f"{named(name)}::{wanted} AS {named(name)}")
    replaced = f" REPLACE ({', '.join(casts)})" if casts else ""
    return f"(SELECT *{replaced} FROM {_relation(file.part, pq.read_schema(file.part.path))})"


SOURCE = Source("parquet", "Parquet", "tabular", lambda location: has_suffix(location, SUFFIXES), preview, reader)
