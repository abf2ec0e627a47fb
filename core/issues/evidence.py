"""Evidence as columns: how types put it together, and the JSON object per row as which the store keeps it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.duplicates.neighbours import Neighbours
from core.issues.contract import Found

Columns: TypeAlias = dict[str, pa.Array]
ROWS = 1 << 18
"""Rows that are written as text at a time: Arrow's texts hold 2 GiB."""


def neighbour_columns(count: int, rows: NDArray[np.int64], names: NDArray[np.int64], near: Neighbours) -> Columns:
    """`neighbours` and `similarities` of `count` rows where `near` is of `rows` (m,), ascending, and `names` (n,) are
    what rows are called; null for the others."""
    left = np.repeat(rows, near.rows.shape[1])
    return pair_columns(count, left, names[near.rows.reshape(-1)], near.similarities.reshape(-1))


def pair_columns(
    count: int, rows: NDArray[np.int64], names: NDArray[np.int64], similarities: NDArray[np.floating[Any]]
) -> Columns:
    """The same from p pairs: `rows` (p,) ascending, the names of the rows beside them (p,) and their cosines (p,)."""
    many = np.bincount(rows, minlength=count)
    offsets, nothing = pa.array(np.r_[0, many.cumsum()].astype(np.int32)), pa.array(many == 0)
    values = {"neighbours": names, "similarities": similarities.round(4).astype(np.float32)}
    return {name: pa.ListArray.from_arrays(offsets, pa.array(column), mask=nothing) for name, column in values.items()}


def texts_of(names: Sequence[str], places: NDArray[np.int64], said: NDArray[np.bool_] | None = None) -> pa.Array:
    """(p,) names by their places (p,), each kept once; null where it is not to be `said` (p,)."""
    mask = None if said is None else ~said
    return pa.DictionaryArray.from_arrays(
        pa.array(places.astype(np.int32), mask=mask), pa.array(list(names), pa.string())
    )


def lists_of_texts(rows: Sequence[Sequence[str] | None]) -> pa.Array:
    """(n,) lists of texts, each text kept once; null for None."""
    lists = pa.array(rows, pa.list_(pa.string()))
    return pa.ListArray.from_arrays(lists.offsets, lists.values.dictionary_encode(), mask=lists.is_null())


def as_json(evidence: pa.Table) -> pa.ChunkedArray:
    """(n,) one JSON object per row, nulls left out. By Arrow and not row by row: through `json` a million rows take a
    minute."""
    parts = [_objects(evidence.slice(start, ROWS)) for start in range(0, max(1, len(evidence)), ROWS)]
    return pa.chunked_array(parts, pa.string())


def _objects(evidence: pa.Table) -> pa.Array:
    pairs = [
        pc.binary_join_element_wise(pa.scalar(f'"{name}"'), _texts(evidence.column(name).combine_chunks()), ": ")
        for name in evidence.column_names
    ]
    # The empty text before the pairs is cut off again: a row of nulls alone would be left out.
    inside = pc.utf8_slice_codeunits(pc.binary_join_element_wise("", *pairs, ", ", null_handling="skip"), 2)
    return pc.binary_join_element_wise("{", inside, "}", "")


def _plain(values: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(values.type):
        return values.cast(pa.string())
    quoted = pa.array([json.dumps(name, ensure_ascii=False) for name in values.dictionary.to_pylist()], pa.string())
    return quoted.take(values.indices)


def _texts(column: pa.Array) -> pa.Array:
    """Numbers, truth values and names as JSON has them, lists of them in brackets."""
    if not pa.types.is_list(column.type):
        return _plain(column)
    values = pc.fill_null(_plain(column.flatten()), "null")
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.r_[0, lengths.cumsum()].astype(np.int32))
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, values), ", ")
    bracketed = pc.binary_join_element_wise("[", joined, "]", "")
    return pc.if_else(column.is_valid(), bracketed, pa.scalar(None, pa.string()))


def spread(found: Found, about: NDArray[np.bool_]) -> Found:
    """What was found of the rows that a type is about (n,), among all rows."""
    places = np.full(len(about), -1)
    places[about] = np.arange(int(about.sum()))
    columns = found.evidence.take(pa.array(places, mask=places < 0))

    def among(values: NDArray[Any], otherwise: object) -> NDArray[Any]:
        full = np.full((len(about), *values.shape[1:]), otherwise, values.dtype)
        full[about] = values
        return full

    suggestion = found.suggestion
    if isinstance(suggestion, np.ndarray):
        suggestion = among(suggestion, -1)
    elif suggestion is not None:
        suggestion = [suggestion[place] if place >= 0 else None for place in places.tolist()]
    return replace(
        found,
        score=among(found.score, 1.0),
        is_issue=among(found.is_issue, False),
        suggestion=suggestion,
        evidence=columns,
        judged=None if found.judged is None else among(found.judged, False),
        settled=None if found.settled is None else among(found.settled, False),
        about=about,
    )
