"""The person's own out-of-sample probabilities: read from a file and checked, since nothing after this would notice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from core.errors import ProbabilitiesError

SUM_TOLERANCE = 1e-3
ROW_ID = "row_id"

Matrix = NDArray[np.floating[Any]]


def read_probabilities(
    path: Path, row_ids: NDArray[np.int64], labels: Sequence[str], given: NDArray[np.int64]
) -> Matrix:
    """Probabilities (n, k) in the order of `row_ids` (n,) and `labels` (k,), in the file's own precision.

    `.npy`: rows and classes in this order. Parquet and CSV: a column per class, found by name in any order, and rows in
    this order or with a `row_id` column. Raises ProbabilitiesError where shape, order, or a row's sum is wrong.
    """
    matrix = _read(path, row_ids, labels)
    _check_shape(matrix, len(row_ids), labels)
    _check_values(matrix)
    _check_order(matrix, labels, given)
    return matrix


def _read(path: Path, row_ids: NDArray[np.int64], labels: Sequence[str]) -> Matrix:
    suffix = path.suffix.lower()
    try:
        if suffix == ".npy":
            return _floats(np.load(path, mmap_mode="r", allow_pickle=False))
        if suffix in (".parquet", ".pq"):
            return _from_table(pa.parquet.read_table(path), row_ids, labels)
        if suffix == ".csv":
            return _from_table(pa.csv.read_csv(path), row_ids, labels)
    except (OSError, ValueError, pa.ArrowInvalid) as error:
        raise ProbabilitiesError(f"{path.name} cannot be read: {error}", "Save it again as .npy or Parquet.") from error
    raise ProbabilitiesError(
        f"{path.name} is no .npy, .parquet or .csv file.", "Save the probabilities as one of them."
    )


def _floats(array: NDArray[np.generic]) -> Matrix:
    if array.dtype.kind not in "fiu":
        raise ProbabilitiesError(f"The probabilities are of type {array.dtype}.", "Save an array of floats.")
    return np.asarray(array) if array.dtype in (np.float32, np.float64) else np.asarray(array, np.float32)


def _from_table(table: pa.Table, row_ids: NDArray[np.int64], labels: Sequence[str]) -> Matrix:
    if ROW_ID in table.column_names:
        table = _in_order(table, row_ids)
    missing = [label for label in labels if label not in table.column_names]
    if not missing:
        table = table.select(list(labels))
    elif len(missing) < len(labels):
        raise ProbabilitiesError(
            f"No column for {_some(missing)}.",
            f"The file needs one column per class, named as the class: {_some(labels)}.",
        )
    try:
        columns = [column.cast(pa.float64()).to_numpy() for column in table.columns]
    except pa.ArrowInvalid as error:
        raise ProbabilitiesError(
            f"A column holds something that is no number: {error}", f"Keep one column per class: {_some(labels)}."
        ) from error
    return np.stack(columns, axis=1)


def _in_order(table: pa.Table, row_ids: NDArray[np.int64]) -> pa.Table:
    found = np.asarray(table.column(ROW_ID).to_numpy())
    order = np.argsort(found, kind="stable")
    place = np.searchsorted(found[order], row_ids)
    there = np.append(found[order], -1)[np.minimum(place, len(found))] == row_ids
    if not there.all():
        raise ProbabilitiesError(
            f"{int((~there).sum()):,} rows of the dataset are not in the file, first row_id {row_ids[~there][0]}.",
            "Give one line per row of this version.",
        )
    return table.drop_columns([ROW_ID]).take(pa.array(order[place]))


def _check_shape(matrix: Matrix, rows: int, labels: Sequence[str]) -> None:
    if matrix.shape != (rows, len(labels)):
        raise ProbabilitiesError(
            f"The probabilities have the shape {matrix.shape}, the dataset needs ({rows}, {len(labels)}).",
            f"One line per row in the order of row_id, one column per class: {_some(labels)}.",
        )


def _check_values(matrix: Matrix) -> None:
    for start in range(0, len(matrix), 1 << 16):
        part: Matrix = np.asarray(matrix[start : start + (1 << 16)])
        bad = ~(np.isfinite(part).all(1) & (part.min(1) >= -SUM_TOLERANCE))
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ProbabilitiesError(
                f"Row {start + row} holds {part[row].min()}: not a probability.", "Give numbers from 0 to 1."
            )
        sums = part.sum(1, dtype=np.float64)
        off = np.abs(sums - 1) > SUM_TOLERANCE
        if off.any():
            row = int(np.flatnonzero(off)[0])
            raise ProbabilitiesError(
                f"Row {start + row} sums to {sums[row]:.4f} instead of 1.",
                "Give probabilities, not logits or one-vs-rest scores: a softmax makes them sum to 1.",
            )


def _check_order(matrix: Matrix, labels: Sequence[str], given: NDArray[np.int64]) -> None:
    """Probabilities that favour the given labels no more than chance would are in another order, or worth nothing."""
    own = np.empty(len(given))
    expected, shares = 0.0, np.bincount(given, minlength=len(labels)) / len(given)
    for start in range(0, len(given), 1 << 16):
        part, rows = np.asarray(matrix[start : start + (1 << 16)]), slice(start, start + (1 << 16))
        own[rows] = np.take_along_axis(part, given[rows][:, None], 1)[:, 0]
        expected += float((part @ shares).sum()) / len(given)
    if own.mean() < expected + 2 * own.std() / np.sqrt(len(given)):
        raise ProbabilitiesError(
            f"The given label has a mean probability of {own.mean():.3f}; chance alone gives {expected:.3f}.",
            f"Check that rows follow row_id and columns follow the classes: {_some(labels)}.",
        )


def _some(labels: Sequence[str]) -> str:
    return ", ".join(labels[:10]) + (f" … ({len(labels):,} in all)" if len(labels) > 10 else "")
