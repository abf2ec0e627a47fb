"""The person's own out-of-sample probabilities: read from a file and checked, since nothing after this would notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from core.errors import ProbabilitiesError
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID
from core.targets import Labels
from core.targets.arrays import by_chance, class_pairs, labelled, of_truth

SUM_TOLERANCE = 1e-3

CLEARLY = 4.0
"""Standard errors from which on another order of the columns is taken for the right one."""
ROWS_OF_A_CLASS = 10_000
"""Rows of a class that its column is looked for with."""
FEWEST_ROWS = 10
"""Fewer rows say nothing about the order of their classes' columns."""

Matrix = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the rows of the dataset are numbered, against which a file's own numbers are held."""

    loaded: int
    """Rows as loaded: they have the row ids from 0 up to this."""
    set_aside: str = ""
    """In words, which rows of the source have no row id; empty where all have one."""
    ambiguous: bool = False
    """What scans of release 0.1 say in place of `taken`: whether that is so of their name."""
    taken: tuple[str, ...] = ()
    """Names of the example ids that a column of the source's own has as well, with other numbers."""


def read_probabilities(
    path: Path, example_ids: NDArray[np.int64], labels: Sequence[str], given: Labels, numbering: Numbering
) -> Matrix:
    """Probabilities (n, k) in the order of `example_ids` (n,) and `labels` (k,), in the file's own precision.

    `.npy`: rows and classes in this order. Parquet and CSV: a column per class, found by name in any order, and rows in
    this order or with a `example_id` column. `given` are the rows' labels in their array form: where a row may
    have several classes, its probabilities need not sum to 1. Raises ProbabilitiesError where shape, order, row ids, or
    a row's sum is wrong.
    """
    matrix, named = _read(path, example_ids, labels, numbering)
    _check_shape(matrix, len(example_ids), labels, numbering)
    check_matrix(matrix, labels, given, named)
    return matrix


def check_matrix(matrix: Matrix, labels: Sequence[str], given: Labels, named: bool) -> None:
    """Raises ProbabilitiesError where values are no probabilities, or fit the given labels no better than chance or in
    another order; `named`: whether the columns were found by their names."""
    _check_values(matrix, several=given.ndim > 1)
    rows = labelled(given)
    _check_order(matrix[rows], labels, given[rows])
    if not named:
        _check_columns(matrix, labels, given)


def _read(
    path: Path, example_ids: NDArray[np.int64], labels: Sequence[str], numbering: Numbering
) -> tuple[Matrix, bool]:
    """The matrix, and whether its columns were found by their names."""
    found = opened(path)
    if not isinstance(found, pa.Table):
        return found, False
    name = next((name for name in (EXAMPLE_ID, EARLIER_EXAMPLE_ID) if name in found.column_names), None)
    return columns_of(_in_order(found, name, example_ids, numbering) if name else found, labels)


def opened(path: Path) -> Matrix | pa.Table:
    """What a file of probabilities holds. Raises ProbabilitiesError where it cannot be read."""
    suffix = path.suffix.lower()
    try:
        if suffix == ".npy":
            return _floats(np.load(path, mmap_mode="r", allow_pickle=False))
        if suffix in (".parquet", ".pq"):
            return pa.parquet.read_table(path)
        if suffix == ".csv":
            return pa.csv.read_csv(path)
    except (OSError, ValueError, pa.ArrowInvalid) as error:
        raise ProbabilitiesError(f"{path.name} cannot be read: {error}", "Save it again as .npy or Parquet.") from error
    raise ProbabilitiesError(
        f"{path.name} is no .npy, .parquet or .csv file.", "Save the probabilities as one of them."
    )


def _floats(array: NDArray[np.generic]) -> Matrix:
    if array.dtype.kind not in "fiu":
        raise ProbabilitiesError(f"The probabilities are of type {array.dtype}.", "Save an array of floats.")
    return np.asarray(array) if array.dtype in (np.float32, np.float64) else np.asarray(array, np.float32)


def columns_of(table: pa.Table, labels: Sequence[str]) -> tuple[Matrix, bool]:
    """The columns of the labels, and whether they were found by their names."""
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
    return np.stack(columns, axis=1), not missing


def _in_order(table: pa.Table, name: str, example_ids: NDArray[np.int64], numbering: Numbering) -> pa.Table:
    found = _example_ids(table, name, numbering)
    order = np.argsort(found, kind="stable")
    place = np.searchsorted(found[order], example_ids)
    there = np.append(found[order], -1)[np.minimum(place, len(found))] == example_ids
    if not there.all():
        raise ProbabilitiesError(
            f"{int((~there).sum()):,} rows of the dataset are not in the file, first {name} {example_ids[~there][0]}.",
            f"Give one line per row of this version.{numbering.set_aside}",
        )
    return table.drop_columns([name]).take(pa.array(order[place]))


def _example_ids(table: pa.Table, name: str, numbering: Numbering) -> NDArray[np.int64]:
    """The file's row ids, all of them known and none twice: numbers of another count would shift every row."""
    if name in numbering.taken or numbering.ambiguous:
        raise ProbabilitiesError(
            f"The source has a column {name} of its own, whose numbers are not Winnow's: the file's may be either.",
            "Leave the column out and give the lines in the order of the dataset.",
        )
    try:
        found = table.column(name).cast(pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        found = None
    if found is None or found.dtype.kind != "i":
        raise ProbabilitiesError(f"The column {name} holds something that is no whole number.", "Mend it.")
    foreign = np.unique(found[(found < 0) | (found >= numbering.loaded)])
    if len(foreign):
        raise ProbabilitiesError(
            f"The file has the {name} {_some([str(one) for one in foreign])}, and the dataset has the rows 0 to "
            f"{numbering.loaded - 1}: they are counted in another way.{numbering.set_aside}",
            "Take the example_id of `python -m core export`.",
        )
    ids, counts = np.unique(found, return_counts=True)
    if counts.max(initial=1) > 1:
        raise ProbabilitiesError(f"The file has {name} {ids[counts > 1][0]} more than once.", "Give one line per row.")
    return np.asarray(found, np.int64)


def _check_shape(matrix: Matrix, rows: int, labels: Sequence[str], numbering: Numbering) -> None:
    if matrix.shape != (rows, len(labels)):
        raise ProbabilitiesError(
            f"The probabilities have the shape {matrix.shape}, the dataset needs ({rows}, {len(labels)}).",
            f"One line per row in the order of example_id, one column per class: {_some(labels)}.{numbering.set_aside}",
        )


def _check_values(matrix: Matrix, several: bool) -> None:
    for start in range(0, len(matrix), 1 << 16):
        part: Matrix = np.asarray(matrix[start : start + (1 << 16)])
        bad = ~(np.isfinite(part).all(1) & (part.min(1) >= -SUM_TOLERANCE))
        if several:
            bad |= part.max(1) > 1 + SUM_TOLERANCE
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            worst = part[row].max() if part[row].min() >= -SUM_TOLERANCE else part[row].min()
            raise ProbabilitiesError(
                f"Row {start + row} holds {worst}: not a probability.", "Give numbers from 0 to 1."
            )
        if several:
            continue
        sums = part.sum(1, dtype=np.float64)
        off = np.abs(sums - 1) > SUM_TOLERANCE
        if off.any():
            row = int(np.flatnonzero(off)[0])
            raise ProbabilitiesError(
                f"Row {start + row} sums to {sums[row]:.4f} instead of 1.",
                "Give probabilities, not logits or one-vs-rest scores: a softmax makes them sum to 1.",
            )


def _check_order(matrix: Matrix, labels: Sequence[str], given: Labels) -> None:
    """Probabilities that favour the given labels no more than chance would are in another order, or worth nothing."""
    own, several = np.empty(len(given)), given.ndim > 1
    expected, shares = 0.0, np.bincount(class_pairs(given)[1], minlength=len(labels)) / len(given)
    for start in range(0, len(given), 1 << 16):
        part, rows = np.asarray(matrix[start : start + (1 << 16)]), slice(start, start + (1 << 16))
        own[rows] = of_truth(part, given[rows]).reshape(len(part), -1).mean(1)
        expected += float(by_chance(part, shares, several).sum()) / len(given)
    if own.mean() < expected + 2 * own.std() / np.sqrt(len(given)):
        raise ProbabilitiesError(
            f"The given label has a mean probability of {own.mean():.3f}; chance alone gives {expected:.3f}.",
            f"Check that rows follow example_id and columns follow the classes: {_some(labels)}.",
        )


def _check_columns(matrix: Matrix, labels: Sequence[str], given: Labels) -> None:
    """Columns without names that fit each other's labels are in another order: as a whole they may still beat chance.

    Per class the column whose mean over its rows lies farthest above that over all rows; classes whose columns are
    each other's, in a circle of two or more, were given in another order.
    """
    usual = np.asarray(matrix.mean(0, dtype=np.float64))
    places, classes = class_pairs(given)
    ends = np.cumsum(np.bincount(classes, minlength=len(labels)))
    by_class = np.split(places[np.argsort(classes, kind="stable")], ends[:-1])
    best = np.arange(len(labels))
    for label, rows in enumerate(by_class):
        if len(rows):
            best[label] = int(np.argmax(matrix[rows[:ROWS_OF_A_CLASS]].mean(0, dtype=np.float64) - usual))
    moved = _circles(best)
    affected = np.isin(classes, moved)
    rows, own = places[affected], classes[affected]
    if len(rows) < FEWEST_ROWS:
        return
    other = best[own]
    gain = (matrix[rows, other] - usual[other]) - (matrix[rows, own] - usual[own])
    if gain.mean() > CLEARLY * gain.std() / np.sqrt(len(rows)):
        raise ProbabilitiesError(
            f"The columns of {_some([labels[one] for one in moved])} fit each other's labels better than their own: "
            "the classes are in another order.",
            f"The order is {_some(labels)}; or save a CSV or Parquet file whose columns are named as the classes.",
        )


def _circles(best: NDArray[np.int64]) -> NDArray[np.int64]:
    """The classes that following `best` from them leads back to, without those that lead to themselves at once."""
    far = best
    for _ in range(len(best).bit_length()):
        far = far[far]
    reached = np.unique(far)
    circles: NDArray[np.int64] = reached[best[reached] != reached]
    return circles


def _some(labels: Sequence[str]) -> str:
    return ", ".join(labels[:10]) + (f" … ({len(labels):,} in all)" if len(labels) > 10 else "")
