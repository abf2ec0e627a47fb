"""How a source's columns become an examples table: roles, names and kinds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import SchemaError
from core.modalities import MEDIA, PAYLOAD_COLUMNS, WORDS
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID, SPLIT_WORDS, Attribute, AttributeKind, Reader, Schema
from core.sql import identifier, literal
from core.store.database import Cursor
from core.store.ingest.downcast import EXACT, in_turns
from core.store.ingest.usable import Test, usable_test
from core.targets import Reading
from core.tasks import task_named

RESERVED = (
    *(EXAMPLE_ID, "content_hash", *PAYLOAD_COLUMNS, "given_label", "label", "split", "source_id"),
    *(EARLIER_EXAMPLE_ID, "rowid"),  # DuckLake takes no columns of these names
)
PASSING = ("load_file", "load_line", "load_reason")
"""What a source says of a row for the sake of the rows set aside; dropped once these are."""

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_TIMES = ("DATE", "TIME", "TIMESTAMP")
_NESTED = ("BLOB", "STRUCT", "MAP", "UNION", "JSON")
_FEW = 20
"""Whole numbers with at most so many values are read as codes of categories."""
_MANY = 1_000
"""Texts with more values than this, or with hardly a repeat, are read as texts, not categories."""
_APOSTROPHE = "''"
_ESCAPED = rf"^{_APOSTROPHE}+[=+\-@\t\r]"
"""Both as they stand inside an SQL literal."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The SELECT that reads a source, and what its columns are called afterwards."""

    expressions: Mapping[str, str]
    """Stored column → SQL expression over the source."""
    passing: tuple[str, ...]
    """Those of `PASSING` that the source fills."""
    attributes: Mapping[str, str]
    """Attribute's name → its stored column."""
    types: Mapping[str, str]
    """Stored column of an attribute → DuckDB type."""
    test: Test
    """Which of the stored rows cannot be used."""

    def select(self, relation: str) -> str:
        """The SELECT over the source that gives the stored columns in their order."""
        columns = ", ".join(f"{expression} AS {identifier(name)}" for name, expression in self.expressions.items())
        return f"SELECT {columns} FROM {relation}"


def plan(cursor: Cursor, reader: Reader, schema: Schema) -> Plan:
    """Fits a schema to a source. Raises `SchemaError` where a column is missing or cannot play its role."""
    types = {name: kind for name, kind, *_ in cursor.execute(f"DESCRIBE SELECT * FROM {reader.sql}").fetchall()}
    if not schema.labelled_by and not schema.classes:
        raise SchemaError("No label column was chosen.", f"Choose one of: {', '.join(types)}.")
    for name in schema.labelled_by:
        _present(name, types, "label")
    unlabelled = Reading("CAST(NULL AS VARCHAR)")
    labels = task_named(schema.task).target.read(schema, types) if schema.labelled_by else unlabelled
    for name in schema.attributes:
        _present(name, types, "attribute")
    attributes = {name: _stored_name(name, types) for name in schema.attributes}
    plain = _unescaped if any(file.escaped for file in reader.csv_files) else str
    if schema.features:
        words = _cell(schema.in_order(), types, plain)
    else:
        words = plain(f"CAST({_present(schema.payload, types, 'example')} AS VARCHAR)")
    own_id = f"CAST({_present(schema.id, types, 'id')} AS VARCHAR)" if schema.id else "NULL::VARCHAR"
    passing = _passing(reader, types, labels.fault)
    expressions = {
        "content_hash": "content_hash" if reader.media else "NULL::VARCHAR",
        WORDS: words,
        MEDIA: MEDIA if reader.media else "NULL::VARCHAR",
        "given_label": plain(labels.label),
        "split": _split(schema.split, types),
        "source_id": plain(own_id),
        **{
            column: plain(identifier(name)) if types[name] == "VARCHAR" else identifier(name)
            for name, column in attributes.items()
        },
        **passing,
    }
    large = [column for name, column in attributes.items() if types[name] == "VARCHAR"]
    return Plan(
        expressions,
        tuple(passing),
        attributes,
        {column: types[name] for name, column in attributes.items()},
        usable_test(schema, [WORDS, *(identifier(column) for column in large)], "load_reason" in passing),
    )


def _cell(features: Sequence[str], types: Mapping[str, str], plain: Callable[[str], str]) -> str:
    """A row's features as one JSON object, values as they are and missing ones null; NULL where all are missing.

    Put together of texts: DuckDB's own `json_object` holds a document for each value of a block, which took more memory
    than a reader has for 1,200 columns.
    """
    parts: list[str] = []
    missing: list[str] = []
    for name in features:
        value = _present(name, types, "feature")
        missing.append(f"{value} IS NULL")
        before = "{" if not parts else ","
        key = literal(f"{before}{json.dumps(name, ensure_ascii=False)}:")
        parts.append(
            f"{key}, coalesce({_json(plain(value) if types[name] == 'VARCHAR' else value, types[name])}, 'null')"
        )
    return f"CASE WHEN NOT ({' AND '.join(missing)}) THEN concat({', '.join(parts)}, '}}') END"


def _json(value: str, kind: str) -> str:
    """SQL for a value's JSON as text. JSON has no word for what is no finite number: that is missing. Whole numbers are
    written as such, whatever their type."""
    if kind in ("FLOAT", "DOUBLE"):
        whole = f"{value} = trunc({value}) AND abs({value}) < {EXACT}"
        return (
            f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR)"
            f" WHEN isfinite({value}) THEN CAST(CAST({value} AS DOUBLE) AS VARCHAR) END"
        )
    if kind in (*_WHOLE, "BOOLEAN") or kind.startswith("DECIMAL"):
        return f"CAST({value} AS VARCHAR)"
    if kind in ("DATE", "TIMESTAMP"):
        return f"'\"' || CAST({value} AS VARCHAR) || '\"'"
    return f"CAST(to_json({value}) AS VARCHAR)"


def attribute_kinds(cursor: Cursor, columns: Plan, rows: str, row_count: int) -> tuple[Attribute, ...]:
    """The attributes, each with the kind that its type and, where that matters, its number of values call for."""
    distinct = dict.fromkeys(columns.types, 0)
    for turn in in_turns([column for column, kind in columns.types.items() if kind == "VARCHAR" or kind in _WHOLE]):
        counts = ", ".join(f"approx_count_distinct({identifier(column)})" for column in turn)
        answer = cursor.execute(f"SELECT {counts} FROM {rows}").fetchone() or ()
        distinct |= zip(turn, answer, strict=True)
    return tuple(
        Attribute(name, column, _kind(columns.types[column], distinct[column], row_count))
        for name, column in columns.attributes.items()
    )


def _passing(reader: Reader, types: Mapping[str, str], fault: str) -> dict[str, str]:
    """The source's remarks on a row, `fault` being why its label cannot be read. A single file needs no column that
    repeats its name a million times."""
    file = reader.file_column if len(reader.csv_files) != 1 else None
    named = zip(
        PASSING, (file, reader.line_column, reader.reason_column), ("VARCHAR", "BIGINT", "VARCHAR"), strict=True
    )
    found = {stored: f"CAST({_present(name, types, stored)} AS {kind})" for stored, name, kind in named if name}
    if fault:
        reason = PASSING[-1]
        found[reason] = f"coalesce({found[reason]}, {fault})" if reason in found else fault
    return found


def _present(name: str, types: Mapping[str, str], role: str) -> str:
    if name not in types:
        raise SchemaError(f"Column {name!r}, chosen as {role}, not found.", f"The source has: {', '.join(types)}.")
    return identifier(name)


def _unescaped(text: str) -> str:
    """Without the apostrophe that exported CSV puts before text that a spreadsheet would run as a formula."""
    begins = f"starts_with({text}, '{_APOSTROPHE}')"
    return f"CASE WHEN {begins} AND regexp_matches({text}, '{_ESCAPED}') THEN substr({text}, 2) ELSE {text} END"


def _split(name: str | None, types: Mapping[str, str]) -> str:
    """A split's name without outer blanks, and as the others are called where it is one of the usual."""
    if name is None:
        return "NULL::VARCHAR"
    text = f"trim(CAST({_present(name, types, 'split')} AS VARCHAR))"
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(meant)}" for word, meant in SPLIT_WORDS.items())
    return f"CASE lower({text}) {cases} ELSE nullif({text}, '') END"


def _stored_name(name: str, types: Mapping[str, str]) -> str:
    """The source's name, with `_source` behind it until it is neither Winnow's own nor another column's."""
    own = {*RESERVED, *PASSING}
    others = {other.lower() for other in types if other != name}
    stored = name
    while stored.lower() in own or (stored != name and stored.lower() in others):
        stored += "_source"
    return stored


def _kind(type_: str, distinct: int, row_count: int) -> AttributeKind:
    if type_.startswith(_TIMES):
        return "time"
    if type_.startswith(_FRACTIONS):
        return "number"
    if type_ in _WHOLE:
        return "category" if distinct <= _FEW else "number"
    if type_ == "BOOLEAN" or type_.startswith("ENUM"):
        return "category"
    if type_.endswith("]") or type_.startswith(_NESTED):
        return "text"
    return "category" if distinct <= max(_FEW, min(_MANY, row_count // 4)) else "text"
