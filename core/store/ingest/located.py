"""Brings a source whose labels are spans into the form that is stored, row by row: a text, its spans in characters, and
where its tokens are, if it had any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from duckdb.sqltypes import VARCHAR, DuckDBPyType

from core.modalities import WORDS
from core.records import Reader, Schema
from core.sql import identifier
from core.store.database import Cursor
from core.targets.spans.reading import Layout, layout_of, rows_of
from core.tasks import task_named

TOKENS = "tokens"
_LOOKED_AT = 20_000
_FUNCTION = "read_spans"
_MADE = "__made"
_REASON = "__spans_reason"
_TYPE = "STRUCT(text VARCHAR, label VARCHAR, tokens VARCHAR, fault VARCHAR)"
_ARROW = pa.struct([pa.field(name, pa.string()) for name in (WORDS, "label", "tokens", "fault")])


@dataclass(slots=True)
class Counted:
    """What was met while the rows were read."""

    mended: int = 0
    overlapping: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add(self, mended: int, overlapping: int) -> None:
        """Of one block; blocks are read on several threads."""
        with self._lock:
            self.mended += mended
            self.overlapping += overlapping


@dataclass(frozen=True, slots=True)
class Located:
    """The source in the stored form."""

    reader: Reader
    schema: Schema
    layout: Layout | None = None
    example: str = ""
    """What the source called the column of its examples."""
    tokens: str | None = None
    """The attribute with the bounds of its tokens."""
    counted: Counted = field(default_factory=Counted)

    def said(self) -> Mapping[str, str]:
        """What a dataset keeps of it, once it has been read."""
        if self.layout is None:
            return {}
        found = {
            "scheme": self.layout.scheme,
            "example": self.example,
            "label": self.schema.label or "",
            "tokens": self.tokens or "",
            "mended": str(self.counted.mended or ""),
            "overlap": "yes" if self.counted.overlapping else "",
        }
        return {name: value for name, value in found.items() if value}


def located(cursor: Cursor, reader: Reader, schema: Schema) -> Located:
    """The reader of a source whose labels are spans, in the stored form; any other as it is.

    Raises SourceError where the column holds nothing that is known as tags or spans."""
    if not task_named(schema.task).target.located or schema.label is None:
        return Located(reader, schema)
    columns = [name for name, *_ in cursor.execute(f"DESCRIBE SELECT * FROM {reader.sql}").fetchall()]
    if schema.label not in columns or schema.payload not in columns:
        return Located(reader, schema)  # what is missing is said where the roles are looked at
    label, payload = identifier(schema.label), identifier(schema.payload)
    sample = f"SELECT CAST({label} AS VARCHAR) FROM {reader.sql} LIMIT {_LOOKED_AT}"
    layout = layout_of((value for (value,) in cursor.execute(sample).fetchall()), schema.label)
    counted = Counted()
    _register(cursor, layout, schema.bad_tags == "mend", counted)
    # A column of tokens becomes the text; their bounds get the name that is then free.
    example = schema.payload if schema.payload != TOKENS else _free(WORDS, columns)
    tokens = _free(TOKENS, [one for one in columns if one != schema.payload]) if layout.kind == "tags" else None
    known = TOKENS if layout.kind == "spans" and TOKENS in schema.attributes else None  # an export of Winnow's own
    made = [f"{_MADE}.text AS {identifier(example)}", f"{_MADE}.label AS {label}", f"{_MADE}.fault AS {_REASON}"]
    made += [f"{_MADE}.tokens AS {identifier(tokens)}"] if tokens else []
    call = f"{_FUNCTION}(CAST({payload} AS VARCHAR), CAST({label} AS VARCHAR)) AS {_MADE}"
    rows = f"SELECT *, {call} FROM {reader.sql}"
    left = [identifier(one) for one in columns if one not in (schema.payload, schema.label, reader.reason_column)]
    if reader.reason_column:
        made[2] = f"coalesce({identifier(reader.reason_column)}, {_MADE}.fault) AS {_REASON}"
    return Located(
        replace(reader, sql=f"(SELECT {', '.join([*made, *left])} FROM ({rows}))", reason_column=_REASON),
        replace(schema, payload=example, attributes=(*schema.attributes, *([tokens] if tokens else []))),
        layout,
        schema.payload,
        tokens or known,
        counted,
    )


def _register(cursor: Cursor, layout: Layout, mend: bool, counted: Counted) -> None:
    def read(examples: pa.ChunkedArray, labels: pa.ChunkedArray) -> pa.Array:
        rows = rows_of(examples.to_pylist(), labels.to_pylist(), layout, mend)
        counted.add(sum(row.mended for row in rows), sum(row.overlaps for row in rows))
        return pa.array(
            [{WORDS: row.text, "label": row.label, "tokens": row.tokens, "fault": row.fault} for row in rows], _ARROW
        )

    cursor.create_function(
        _FUNCTION,
        read,
        [VARCHAR, VARCHAR],
        DuckDBPyType(_TYPE),
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
        side_effects=True,  # else the optimiser may ask for a row more than once, which counts it more than once
    )


def _free(name: str, taken: list[str]) -> str:
    found, lower = name, {one.lower() for one in taken}
    while found.lower() in lower:
        found += "_of_row"
    return found
