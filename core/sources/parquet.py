"""Parquet files, read by the store itself; class names that `datasets` left in the file are put in for the numbers.

How each type of column is read is `core.sources.fields`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.sources.base import Bench, Source, file_literal
from core.sources.features import class_names
from core.sources.fields import (
    BYTES,
    Field,
    as_text,
    check_fields,
    fields_of,
    is_wide,
    notes_on,
    reasons,
    role_text,
    shown,
    value,
)
from core.sources.paths import Part, has_suffix, parts
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
from core.sql import identifier

SUFFIXES = (".parquet", ".pq")
_SAMPLE_ROWS = 2000
_FEW_ROWS = 100
"""So many say of most columns of bytes that they are no text, before all of them are looked at."""


@dataclass(frozen=True, slots=True)
class _File:
    """A Parquet file that the engine can read."""

    part: Part
    fields: list[Field]
    row_count: int


def _opened(part: Part, bench: Bench, number: int) -> _File:
    """Raises SourceError for what is no Parquet, has no rows, or holds what cannot be read."""
    try:
        with pq.ParquetFile(part.path) as file:
            schema, row_count = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{part.path.name} is not a readable Parquet file: {error}", "Check the file.") from error
    if not row_count:
        raise SourceError(f"{part.path.name} has no rows.", "Choose a file with at least one row.")
    if any(map(is_wide, schema.types)):
        part = _rewritten(part, schema, bench, number)
        schema = pq.read_schema(part.path)
    kinds = [str(row[1]) for row in bench.query(f"DESCRIBE SELECT * FROM {_file(part.path)}").rows]
    return _File(part, fields_of(schema, kinds, class_names(schema)), row_count)


def _rewritten(part: Part, schema: pa.Schema, bench: Bench, number: int) -> Part:
    """The file with text in place of numbers of more than 38 digits: the engine reads other numbers from these."""
    nested = next((field for field in schema if is_wide(field.type) and pa.types.is_nested(field.type)), None)
    if nested is not None:
        raise SourceError(
            f"Column '{nested.name}' of {part.path.name} holds {nested.type}, which cannot be read.",
            "Write these numbers as text.",
        )
    target = bench.scratch / f"text-{number}" / part.path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    texts = pa.schema(map(as_text, schema), schema.metadata)
    with pq.ParquetFile(part.path) as file, pq.ParquetWriter(target, texts, compression="lz4") as writer:
        for batch in file.iter_batches():
            bench.check_stop()
            columns = [column.cast(to) for column, to in zip(batch.columns, texts.types, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=texts))
    return Part(target, part.split)


def _examined(file: _File, bench: Bench) -> Found:
    """The columns under the names that they get here, and the first rows."""
    expressions = ", ".join(map(shown, file.fields))
    listed = bench.query(f"SELECT {expressions} FROM {_relation(file)} LIMIT {_SAMPLE_ROWS}")
    rows = [list(row) for row in listed.rows]
    types = [field.kind for field in file.fields]
    for place, field in enumerate(file.fields):
        if field.kind == BYTES and (texts := _texts([row[place] for row in rows])) is not None:
            types[place] = "VARCHAR"
            for row, text in zip(rows, texts, strict=True):
                row[place] = text
    names = tuple(field.name for field in file.fields)
    return Found(file.part, names, tuple(types), tuple(map(tuple, rows)), "", file.row_count)


def _texts(values: Sequence[bytes | None]) -> list[str | None] | None:
    """The bytes as texts, None where some of them are none."""
    try:
        return [None if one is None else bytes(one).decode() for one in values]
    except UnicodeDecodeError:
        return None


def _file(path: Path) -> str:
    return f"read_parquet({file_literal(path)}, hive_partitioning=false)"


def _relation(file: _File) -> str:
    """The file with its columns named by their places: names may differ in capitals only, or not at all."""
    return f"{_file(file.part.path)} AS file({', '.join(field.place for field in file.fields)})"


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for a file that is no Parquet or has no rows."""
    return preview_of_parts("parquet", parts(locations, SUFFIXES, bench.within), bench)


def preview_of_parts(source: str, files: Sequence[Part], bench: Bench) -> Preview:
    """The preview of Parquet files, with a note on every column that is not read as it stands."""
    opened = [_opened(part, bench, number) for number, part in enumerate(files)]
    found = [_examined(file, bench) for file in opened]
    notes = dict.fromkeys(
        note for file, look in zip(opened, found, strict=True) for note in notes_on(file.fields, look.types)
    )
    return preview_of(source, _spelled_alike(found), list(notes))


def _spelled_alike(found: Sequence[Found]) -> list[Found]:
    """The files with a column that differs from an earlier file's in capitals only under the earlier one's name, as
    the engine matches them."""
    spelling: dict[str, str] = {}
    alike = []
    for file in found:
        names = tuple(spelling.setdefault(name.lower(), name) for name in file.names)
        alike.append(replace(file, names=names))
    return alike


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all files."""
    return reader_of(parts(locations, SUFFIXES, bench.within), schema, bench)


def reader_of(files: Sequence[Part], schema: Schema, bench: Bench) -> Reader:
    """The relation over Parquet files, also of those that another source wrote into its scratch folder.

    Raises SchemaError where a column cannot play its role.
    """
    opened = [_opened(part, bench, number) for number, part in enumerate(files)]
    found = _spelled_alike([
        Found(file.part, tuple(f.name for f in file.fields), _types(file, schema, bench), (), "", file.row_count)
        for file in opened
    ])  # fmt: skip
    types = merged_types(found)
    by_file = file_splits(found, types)
    names = [*types, *(["split"] if by_file else [])]
    check_roles(schema, names)
    columns = used(schema, names)
    opened = [_renamed(file, look.names) for file, look in zip(opened, found, strict=True)]
    check_fields([field for file in opened for field in file.fields], schema)
    why = [reasons(file.fields, schema) for file in opened]
    relations = [
        select(
            look, _typed(file, look.types, types, schema, because), columns, by_file, [REASON_COLUMN][: bool(because)]
        )
        for file, look, because in zip(opened, found, why, strict=True)
    ]
    return Reader(
        sql=union(relations),
        total_bytes=sum(file.part.path.stat().st_size for file in found),
        row_estimate=sum(file.row_count for file in opened),
        file_column=FILE_COLUMN,
        reason_column=REASON_COLUMN if any(why) else None,
    )


def _renamed(file: _File, names: Sequence[str]) -> _File:
    fields = [replace(field, name=name) for field, name in zip(file.fields, names, strict=True)]
    return replace(file, fields=fields)


def _types(file: _File, schema: Schema, bench: Bench) -> tuple[str, ...]:
    """The type that each column is kept with: bytes that are all text are text, nested values are their JSON."""
    return tuple(
        "VARCHAR" if field.nested or (field.kind == BYTES and _is_text(file, field, schema, bench)) else field.kind
        for field in file.fields
    )


def _is_text(file: _File, field: Field, schema: Schema, bench: Bench) -> bool:
    if field.name not in schema.attributes:
        return False
    for limit in (f" LIMIT {_FEW_ROWS}", ""):
        bytes_ = f"(SELECT {field.place} FROM {_relation(file)} WHERE {field.place} IS NOT NULL{limit})"
        ((text,),) = bench.query(f"SELECT bool_and(TRY(decode({field.place})) IS NOT NULL) FROM {bytes_}").rows
        if not text:
            return False
    return True


def _typed(file: _File, kinds: Sequence[str], types: Mapping[str, str], schema: Schema, why: str) -> str:
    """The file's relation with role columns as text, and with one type a column over all files."""
    texts = role_columns(schema)
    expressions = []
    for field, kind in zip(file.fields, kinds, strict=True):
        sql = role_text(field) if field.name in texts else value(field, kind)
        if field.name not in texts and types[field.name] != kind:
            sql = f"({sql})::{types[field.name]}"
        expressions.append(f"{sql} AS {identifier(field.name)}")
    if why:
        expressions.append(f"{why} AS {REASON_COLUMN}")
    return f"(SELECT {', '.join(expressions)} FROM {_relation(file)})"


SOURCE = Source(
    "parquet",
    "Parquet",
    "tabular",
    lambda location: has_suffix(location, SUFFIXES),
    preview,
    reader,
    suffixes=SUFFIXES,
)
