"""How each type of an Arrow or Parquet column is read: as an attribute, in a role, in a preview; and what is said where
a value cannot be kept as it stands.

A `Field` is a column by its place in the file, since names may differ in capitals only, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.errors import SchemaError
from core.records import Schema
from core.sources.features import simplified
from core.sql import literal
from core.tasks import task_named
from core.words import stored

BYTES = "BLOB"
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_PLAIN = ("VARCHAR", BYTES, "BOOLEAN", "FLOAT", "DOUBLE")
_EXACT = 10**15
"""Whole numbers up to here are written out; a larger DOUBLE keeps its own notation."""
_DIGITS = b"digits"
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
UNLABELLED = -1
"""The number that `datasets` writes for a row without a class."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file."""

    place: str
    """What it is called in SQL: `c0`, `c1` …"""
    name: str
    """What it is called here: its own name, numbered where another column has it."""
    own_name: str
    """In the file."""
    type: pa.DataType
    """As the file says, `ARROW:schema` included."""
    kind: str
    """The DuckDB type that it is read with."""
    classes: tuple[str, ...] = ()
    """Class names, where it holds class numbers."""
    digits: int = 0
    """Of the numbers that the text in it stands for, see `as_text`."""

    @property
    def is_plain_list(self) -> bool:
        """Whether it holds lists of texts, numbers or truth values."""
        kinds = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
        return any(one(self.type) for one in kinds) and not pa.types.is_nested(self.type.value_type)

    @property
    def nested(self) -> bool:
        """Whether it holds lists or objects, images as `datasets` stores them not counted."""
        return bool(pa.types.is_nested(self.type)) and not simplified(self.type)


def is_wide(type_: pa.DataType) -> bool:
    """Whether it is of more than 38 digits, or holds such: DuckDB reads other numbers from it."""
    inner = (type_.field(place).type for place in range(type_.num_fields)) if pa.types.is_nested(type_) else ()
    return bool(pa.types.is_decimal256(type_)) or any(map(is_wide, inner))


def as_text(field: pa.Field) -> pa.Field:
    """The field with text in place of numbers of more than 38 digits; other fields as they are."""
    if not is_wide(field.type):
        return field
    return field.with_type(pa.string()).with_metadata({_DIGITS: str(field.type.precision)})


def distinct_names(names: Sequence[str]) -> list[str]:
    """The names, with `_2`, `_3` … behind those that an earlier column has, whatever its capitals: DuckDB tells
    neither apart."""
    taken, distinct = {name.lower() for name in names}, []
    seen: set[str] = set()
    for name in names:
        free, number = name, 2
        while free.lower() in seen or (free != name and free.lower() in taken):
            free, number = f"{name}_{number}", number + 1
        seen.add(free.lower())
        distinct.append(free)
    return distinct


def fields_of(schema: pa.Schema, kinds: Sequence[str], classes: Mapping[str, tuple[str, ...]]) -> list[Field]:
    """The columns of a file that is read with the DuckDB types `kinds`."""
    described = zip(distinct_names(schema.names), schema, kinds, strict=True)
    return [
        _field(f"c{place}", name, field, kind, classes.get(field.name, ()))
        for place, (name, field, kind) in enumerate(described)
    ]


def _field(place: str, name: str, field: pa.Field, kind: str, classes: tuple[str, ...]) -> Field:
    kind = "VARCHAR" if classes or pa.types.is_null(field.type) else kind
    if pa.types.is_duration(field.type):
        kind = "DOUBLE"
    elif _is_truth(field.type):
        kind = "BOOLEAN"
    digits = int((field.metadata or {}).get(_DIGITS, 0)) if pa.types.is_string(field.type) else 0
    return Field(place, name, field.name, field.type, kind, classes, digits)


def _is_truth(type_: pa.DataType) -> bool:
    """Whether it is Arrow's truth value of eight bits, which is stored as a small number."""
    return getattr(type_, "extension_name", "") == "arrow.bool8"


def value(field: Field, kind: str) -> str:
    """SQL for the column as an attribute of type `kind`, which is VARCHAR for bytes that are text."""
    if field.classes:
        number = "x" if field.nested else field.place
        return _of_numbers(field, f"coalesce({_class_name(field, number)}, {number}::VARCHAR)")
    if pa.types.is_duration(field.type):
        return f"{field.place}::DOUBLE / {_PER_SECOND[field.type.unit]}"
    if _is_truth(field.type):
        return f"{field.place}::BOOLEAN"
    if field.nested:
        return f"to_json({field.place})::VARCHAR"
    if pa.types.is_null(field.type):
        return f"{field.place}::VARCHAR"
    return f"TRY(decode({field.place}))" if field.kind == BYTES and kind != BYTES else field.place


def role_text(field: Field) -> str:
    """SQL for the column as the text of a label, a split, an id or an example: NULL where it has none.

    Fractions that are whole read as whole numbers again, since a gap in a column is what makes pandas write 1 as 1.0.
    """
    if field.classes:
        return _of_numbers(field, _class_name(field, "x" if field.nested else field.place))
    sql = value(field, "VARCHAR")
    if not field.kind.startswith(_FRACTIONS):
        return f"({sql})::VARCHAR"
    return (
        f"CASE WHEN isnan(({sql})::DOUBLE) THEN NULL WHEN abs({sql}) < {_EXACT} AND {sql} = floor({sql}) "
        f"THEN ({sql})::BIGINT::VARCHAR ELSE ({sql})::VARCHAR END"
    )


def _of_numbers(field: Field, name: str) -> str:
    """The SQL `name` of a class number, or of each class number `x` of a list, which is then a JSON array."""
    return f"to_json(list_transform({field.place}, lambda x: {name}))::VARCHAR" if field.nested else name


def _class_name(field: Field, number: str) -> str:
    """By the number, which must be one of the names' places: a list counts negative ones from its end."""
    names = ", ".join(map(literal, field.classes))
    return f"CASE WHEN {number} BETWEEN 0 AND {len(field.classes) - 1} THEN ([{names}])[{number} + 1] END"


def shown(field: Field) -> str:
    """SQL for the column in a preview: values that Python has no type for as text."""
    sql = value(field, field.kind)
    whole = field.kind.endswith("INT") or field.kind == "INTEGER"
    return sql if field.kind in _PLAIN or whole or simplified(field.type) else f"({sql})::VARCHAR"


def reasons(fields: Sequence[Field], schema: Schema) -> str:
    """SQL for why the source sets a row aside, NULL where it does not; empty where it never does."""
    texts = {*schema.labelled_by, None if task_named(schema.task).modality.in_files else schema.payload}
    cases = [case for field in fields if field.name in texts for case in _reasons(field)]
    return f"CASE {' '.join(cases)} END" if cases else ""


def _reasons(field: Field) -> list[str]:
    if field.classes and field.nested:
        most = len(field.classes) - 1
        strange = f"list_filter({field.place}, lambda x: x NOT BETWEEN 0 AND {most})"
        known = f" in {field.name}: there are {most + 1} class names, for 0 to {most}"
        return [f"WHEN len({strange}) > 0 THEN 'class number ' || {strange}[1]::VARCHAR || {literal(known)}"]
    if field.classes:
        number = f"{field.place}::VARCHAR"
        known = f"there are {len(field.classes)} class names, for 0 to {len(field.classes) - 1}"
        return [
            f"WHEN {field.place} NOT BETWEEN {UNLABELLED} AND {len(field.classes) - 1} "
            f"THEN 'class number ' || {number} || {literal(f' in {field.name}: {known}')}",
        ]
    if field.kind == BYTES:
        unread = f"{field.place} IS NOT NULL AND TRY(decode({field.place})) IS NULL"
        return [f"WHEN {unread} THEN {literal(f'bytes that are no UTF-8 text: column {field.name}')}"]
    return []


def check_fields(fields: Iterable[Field], schema: Schema) -> None:
    """Raises SchemaError where a column cannot be the label, the split or the id that the schema makes it."""
    target = task_named(schema.task).target
    several = target.several
    for field in fields:
        if target.located and field.name in (schema.label, schema.payload):
            continue
        if field.name not in (*schema.labelled_by, schema.split, schema.id):
            continue
        if field.nested and not (several and field.name == schema.label and field.is_plain_list):
            raise SchemaError(
                f"Column '{field.name}' holds {_held(field)} ({field.type}): it is no label, split or id.",
                "Choose a column of texts, numbers or truth values: one class for each row.",
            )
        if simplified(field.type):
            raise SchemaError(f"Column '{field.name}' holds images.", "Choose the column with the class of each row.")


def _held(field: Field) -> str:
    return "objects" if pa.types.is_struct(field.type) or pa.types.is_map(field.type) else "lists"


def notes_on(fields: Sequence[Field], kinds: Sequence[str]) -> list[str]:
    """What a person should know of columns whose values are not kept as they stand. `kinds` are the types that the
    preview found, VARCHAR for bytes that are text."""
    notes = [note for field, kind in zip(fields, kinds, strict=True) if (note := _note(field, kind))]
    renamed = [field for field in fields if field.name != field.own_name]
    return [*(stored(f"A second column '{field.own_name}' is called '{field.name}'.") for field in renamed), *notes]


def _note(field: Field, kind: str) -> str:
    name = field.name
    if field.nested:
        return (
            stored(f"'{name}' holds objects, kept as JSON text.")
            if _held(field) == "objects"
            else stored(f"'{name}' holds lists, kept as JSON text.")
        )
    if field.kind == BYTES:
        return (
            stored(f"'{name}' holds bytes, read as UTF-8 text.")
            if kind != BYTES
            else stored(f"'{name}' holds bytes; CSV and JSON write them as \\x…")
        )
    if pa.types.is_duration(field.type):
        return stored(f"'{name}' holds durations, kept as seconds.")
    if field.digits:
        return stored(f"'{name}' holds numbers of {field.digits} digits, kept as text.")
    if pa.types.is_time64(field.type) and field.type.unit == "ns":
        return stored(f"'{name}' holds times of day in nanoseconds, kept to the microsecond.")
    if pa.types.is_timestamp(field.type) and field.type.tz:
        zone = field.type.tz
        return (
            stored(f"'{name}' holds times of the zone {zone}, kept as instants of UTC, to the microsecond.")
            if field.type.unit == "ns"
            else stored(f"'{name}' holds times of the zone {zone}, kept as instants of UTC.")
        )
    return ""
