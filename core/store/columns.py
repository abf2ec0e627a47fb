"""How a source's columns become an examples table: roles, names, kinds, and the test that each row must pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.errors import SchemaError
from core.records import Attribute, AttributeKind, Reader, Schema
from core.settings import MAX_CELL_BYTES
from core.store.database import Cursor
from core.store.names import literal, quoted

RESERVED = ("row_id", "content_hash", "text", "media_id", "given_label", "label", "split", "source_id", "rowid")
_PASSING = ("load_file", "load_line", "load_reason")
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_TIMES = ("DATE", "TIME", "TIMESTAMP")
_NESTED = ("BLOB", "STRUCT", "MAP", "UNION")
_FEW = 20
"""Whole numbers with at most so many values are read as codes of categories."""
_MANY = 1_000
"""Texts with more distinct values than this, or with hardly a repeat, are read as texts, not categories."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The SELECT that reads a source, and what its columns are called afterwards."""

    REASON: ClassVar[str] = "load_reason"

    expressions: Mapping[str, str]
    """Stored column → SQL expression over the source."""
    attributes: Mapping[str, str]
    """Attribute's name → its stored column."""
    types: Mapping[str, str]
    """Stored column of an attribute → DuckDB type."""
    passing: tuple[str, ...] = _PASSING
    """Columns that are dropped once the bad rows are set aside."""

    def select(self, relation: str) -> str:
        """The reading SELECT: all stored columns, then `load_file`, `load_line` and `load_reason`."""
        columns = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in self.expressions.items())
        return f"SELECT {columns} FROM {relation}"

    def kinds(self, cursor: Cursor, table: str, row_count: int) -> tuple[Attribute, ...]:
        """The attributes with the kind that their types and values call for."""
        counts = ", ".join(f"approx_count_distinct({quoted(column)})" for column in self.attributes.values())
        distinct = cursor.execute(f"SELECT {counts} FROM {table}").fetchone() if counts else ()
        return tuple(
            Attribute(name, column, _kind(self.types[column], count, row_count))
            for (name, column), count in zip(self.attributes.items(), distinct or (), strict=True)
        )


def plan(cursor: Cursor, reader: Reader, schema: Schema) -> Plan:
    """Fits a schema to a source. Raises `SchemaError` where a column is missing or cannot play its role."""
    types = {name: kind for name, kind, *_ in cursor.execute(f"DESCRIBE SELECT * FROM {reader.sql}").fetchall()}
    if schema.label is None:
        raise SchemaError("No label column was chosen.", f"Choose one of: {', '.join(types)}.")
    payload, label = _present(schema.payload, types, "payload"), _present(schema.label, types, "label")
    _flat(schema.label, types[schema.label], "label")
    attributes = {name: _stored_name(name, types) for name in schema.attributes if _present(name, types, "attribute")}
    text = f"CAST({payload} AS VARCHAR)"
    expressions = {
        "row_id": "0::BIGINT",
        "content_hash": "content_hash" if reader.media else f"md5({text})",
        "text": text,
        "media_id": "media_id" if reader.media else "NULL::VARCHAR",
        "given_label": _label_text(label, types[schema.label]),
        "split": _as_text(schema.split, types, "split"),
        "source_id": _as_text(schema.id, types, "id"),
        **{column: quoted(name) for name, column in attributes.items()},
        "load_file": _as_text(reader.file_column, types, "file"),
        "load_line": "NULL::BIGINT" if reader.line_column is None else f"{quoted(reader.line_column)}::BIGINT",
    }
    cells = [text, *(quoted(name) for name in attributes if types[name] == "VARCHAR")]
    expressions[Plan.REASON] = _reason(expressions, cells, reader, schema)
    return Plan(expressions, attributes, {column: types[name] for name, column in attributes.items()})


def label_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Classes in the order of their indices: by number where all are whole numbers, else by code point."""
    found = list(labels)
    if all(label.lstrip("-").isdecimal() for label in found):
        return tuple(sorted(found, key=lambda label: (int(label), label)))
    return tuple(sorted(found))


def _reason(expressions: Mapping[str, str], cells: list[str], reader: Reader, schema: Schema) -> str:
    """NULL for a usable row, else why it is set aside."""
    too_large = " OR ".join(f"strlen({cell}) > {MAX_CELL_BYTES}" for cell in cells)
    tests = [
        (f"coalesce({expressions['given_label']}, '') = ''", literal(f"missing label: column {schema.label}")),
        (f"coalesce(trim({expressions['text']}), '') = ''", literal(f"empty: column {schema.payload}")),
        (too_large, literal(f"a cell larger than {MAX_CELL_BYTES // 1024**2} MB")),
    ]
    if reader.reason_column is not None:
        reason = quoted(reader.reason_column)
        tests.insert(0, (f"{reason} IS NOT NULL", f"CAST({reason} AS VARCHAR)"))
    return f"CASE {' '.join(f'WHEN {test} THEN {reason}' for test, reason in tests)} END"


def _present(name: str, types: Mapping[str, str], role: str) -> str:
    if name not in types:
        raise SchemaError(f"Column {name!r}, chosen as {role}, not found.", f"The source has: {', '.join(types)}.")
    return quoted(name)


def _flat(name: str, kind: str, role: str) -> None:
    if kind.endswith("]") or kind.startswith(_NESTED):
        raise SchemaError(
            f"Column {name!r} holds {kind} values, which cannot be a {role}.",
            "Choose a column of texts, numbers or truth values.",
        )


def _label_text(column: str, kind: str) -> str:
    """A label as text; a whole number that a missing value has turned into a fraction (1.0) reads as one again."""
    if kind.startswith(_FRACTIONS):
        whole = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN isnan({column}::DOUBLE) THEN NULL WHEN {column} = floor({column}) AND abs({column}) < 1e15 "
            f"THEN {whole} ELSE CAST({column} AS VARCHAR) END"
        )
    return f"trim(CAST({column} AS VARCHAR))"


def _as_text(name: str | None, types: Mapping[str, str], role: str) -> str:
    return "NULL::VARCHAR" if name is None else f"nullif(trim(CAST({_present(name, types, role)} AS VARCHAR)), '')"


def _stored_name(name: str, types: Mapping[str, str]) -> str:
    taken = {other.lower() for other in types if other != name} | {*RESERVED, *_PASSING}
    stored = name
    while stored.lower() in {*RESERVED, *_PASSING} or (stored != name and stored.lower() in taken):
        stored += "_source"
    return stored


def _kind(type_: str, distinct: int, row_count: int) -> AttributeKind:
    if type_.startswith(_TIMES):
        return "time"
    if type_.startswith(_FRACTIONS):
        return "number"
    if type_ in _NUMBERS:
        return "category" if distinct <= _FEW else "number"
    if type_ == "BOOLEAN" or type_.startswith("ENUM"):
        return "category"
    if type_.endswith("]") or type_.startswith(_NESTED):
        return "text"
    return "category" if distinct <= max(_FEW, min(_MANY, row_count // 4)) else "text"
