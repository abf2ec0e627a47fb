"""What a batch prediction writes: the columns that were there, then what the model says of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.targets import Target
from core.targets.arrays import class_pairs, most_probable
from core.targets.number.residuals import Spread

MOST_COLUMNS = 100
"""With more classes than this, only the predicted one's probability is written."""


class Results:
    """Writes `predictions.parquet` chunk by chunk. A file that is not closed has no rows."""

    def __init__(
        self, path: Path, kept: pa.Schema, labels: Sequence[str], target: Target, spread: Spread | None = None
    ) -> None:
        """`kept`: the columns that come with the rows. A new column whose name is taken gets a number behind it.
        `spread`: of a model of numbers, for the ends of the interval that holds nine labels of ten."""
        self.rows = self.predicted = 0
        """Rows in all, and those that were predicted."""
        self.classes: Counter[str] = Counter()
        """Class → rows predicted as it; one with several counts for each."""
        self._labels, self._target = tuple(labels), target
        self._shown = len(labels) if len(labels) <= MOST_COLUMNS and not target.numeric else 0
        self._spread = spread
        new = ["predicted", "confidence", "reason", *(f"probability: {label}" for label in labels[: self._shown])]
        types = [pa.string(), pa.float32(), pa.string(), *[pa.float32()] * self._shown]
        if target.numeric:
            new, types = ["predicted", "low", "high", "reason"], [*[pa.float64()] * 3, pa.string()]
        fields = [pa.field(name, kind) for name, kind in zip(free_names(new, kept.names), types, strict=True)]
        self.reason_column = fields[new.index("reason")].name
        self.schema = pa.schema([*kept.remove_metadata(), *fields])
        self._writer = pq.ParquetWriter(path, self.schema, compression="zstd")

    def write(
        self, kept: Sequence[pa.Array], probabilities: NDArray[np.float32], reasons: Sequence[str | None]
    ) -> None:
        """n rows: their own columns, probabilities (n, k), and why a row was not predicted, which leaves its
        probabilities out; None where it was."""
        bad = np.array([reason is not None for reason in reasons], bool)
        self.rows += len(reasons)
        self.predicted += int((~bad).sum())
        if self._target.numeric:
            self._write_numbers(kept, probabilities[:, 0].astype(np.float64), bad, reasons)
            return
        found, confidence = most_probable(probabilities, self._target.several)
        predicted = self._target.decode(found, self._labels)
        counts = np.bincount(class_pairs(found[~bad])[1], minlength=len(self._labels))
        self.classes.update({name: int(rows) for name, rows in zip(self._labels, counts, strict=True) if rows})
        columns = [
            *kept,
            pa.array(predicted, pa.string(), mask=bad),
            pa.array(confidence, pa.float32(), mask=bad),
            pa.array(reasons, pa.string()),
            *(pa.array(probabilities[:, place], pa.float32(), mask=bad) for place in range(self._shown)),
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self.schema))

    def _write_numbers(
        self,
        kept: Sequence[pa.Array],
        predicted: NDArray[np.float64],
        bad: NDArray[np.bool_],
        reasons: Sequence[str | None],
    ) -> None:
        half = np.zeros(len(predicted)) if self._spread is None else self._spread.half(predicted)
        unknown = bad if self._spread is not None else np.ones(len(bad), bool)
        columns = [
            *kept,
            pa.array(predicted, mask=bad),
            pa.array(predicted - half, mask=unknown),
            pa.array(predicted + half, mask=unknown),
            pa.array(reasons, pa.string()),
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self.schema))

    def __enter__(self) -> Results:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()


def free_names(wanted: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Each name, with the first free number behind it where it is taken; capitals do not count, as in SQL."""
    lower = {name.lower() for name in taken}
    names: list[str] = []
    for name in wanted:
        tries = [name, *(f"{name} {number}" for number in range(2, len(lower) + 3))]
        free = next(one for one in tries if one.lower() not in lower)
        names.append(free)
        lower.add(free.lower())
    return names


def spread(found: NDArray[np.float32], reasons: Sequence[str | None], classes: int) -> NDArray[np.float32]:
    """Probabilities (n, k) of n rows out of those (m, k) of the m rows without a reason against them; 0 elsewhere."""
    probabilities = np.zeros((len(reasons), classes), np.float32)
    probabilities[[place for place, reason in enumerate(reasons) if reason is None]] = found
    return probabilities
