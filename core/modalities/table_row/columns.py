"""The cells of a job as columns again: one parse for all of them, each column of one type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from numpy.typing import NDArray

from core.modalities.payloads import Payloads

Kind = Literal["number", "time", "category"]
ROWS = 100_000
"""Cells that are text in Python at a time."""
_FRACTION = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d+")
BLOCK = 1 << 26
"""Bytes that are parsed at a time; a cell fits."""


def columns_of(payloads: Payloads) -> pa.Table:
    """(n, f) the features of every example, in their order."""
    count = len(payloads)
    parts = (payloads.take(slice(start, start + ROWS)) for start in range(0, count, ROWS))
    return parsed("\n".join(part) for part in parts)


def columns_of_cells(cells: Sequence[str]) -> pa.Table:
    """(n, f) the features of cells, of those that occur in any of them."""
    return parsed(cells)


def parsed(parts: Iterable[str]) -> pa.Table:
    """JSON objects, one a line, as a table: numbers, texts, times and truth values as they are."""
    text = "\n".join(parts).encode("utf-8", "replace")
    found = pa.json.read_json(pa.BufferReader(text), pa.json.ReadOptions(block_size=BLOCK))
    for place, name in enumerate(found.column_names):
        found = found.set_column(place, name, _whole_seconds(found[place]))
    return found


def _whole_seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times with fractions of a second, which the parser takes for texts, as times; any other column as it is."""
    first = next((one.as_py() for one in column if one.is_valid), None) if pa.types.is_string(column.type) else None
    if first is None or not _FRACTION.match(first):
        return column
    try:
        return column.cast(pa.timestamp("ns")).cast(pa.timestamp("s"), safe=False)
    except pa.ArrowInvalid:
        return column


def kind_of(column: pa.ChunkedArray) -> Kind | None:
    """What a column's values are; None of lists and records, and where every value is missing."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "number"
    return "category" if pa.types.is_string(kind) else None


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """(n,) NaN where a value is missing or no number: truth values as 0 and 1, times in seconds since 1970."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    if pa.types.is_string(column.type):
        column = _of_texts(column)
    if pa.types.is_null(column.type) or pa.types.is_nested(column.type):
        return np.full(len(column), np.nan)
    return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)


def texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """(n,) strings, NULL where a value is missing."""
    if pa.types.is_nested(column.type):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _of_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers, truth values and times that are written as texts, as in a CSV that was read as it stands."""
    trimmed = pc.utf8_trim_whitespace(column)
    return pa.chunked_array([pa.array([_number(one) for one in trimmed.to_pylist()], pa.float64())])


def _number(value: Any) -> float | None:
    if value is None:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    if value.lower() in ("true", "false"):
        return float(value.lower() == "true")
    try:
        return float(np.datetime64(value).astype("datetime64[s]").astype(np.int64))
    except ValueError:
        return None
