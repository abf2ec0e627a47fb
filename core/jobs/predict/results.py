"""What a batch prediction writes: the columns that were there, then what the model says of each row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.finetune.tokens.predictor import Read
from core.targets import Target
from core.targets.arrays import class_pairs, most_probable
from core.targets.number.residuals import Spread
from core.targets.spans.form import Span, written

REASON = "reason"
MOST_COLUMNS = 100
"""With more classes than this, only the predicted one's probability is written."""


class ResultFile:
    """Writes `predictions.parquet` chunk by chunk. A file that is not closed has no rows."""

    def __init__(self, path: Path, kept: pa.Schema, new: Mapping[str, pa.DataType]) -> None:
        """`kept`: the columns that come with the rows. A new column whose name is taken gets a number behind it."""
        self.rows = self.predicted = 0
        """Rows in all, and those that were predicted."""
        self.classes: Counter[str] = Counter()
        """Class → rows predicted as it; one with several counts for each."""
        names = free_names(list(new), kept.names)
        self.reason_column = names[list(new).index(REASON)]
        fields = [pa.field(name, kind) for name, kind in zip(names, new.values(), strict=True)]
        self._schema = pa.schema([*kept.remove_metadata(), *fields])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, columns: Sequence[pa.Array], bad: NDArray[np.bool_]) -> None:
        """n rows, in the columns kept and the new ones; `bad` (n,) says which were not predicted."""
        self.rows += len(bad)
        self.predicted += int((~bad).sum())
        self._writer.write_table(pa.Table.from_arrays(list(columns), schema=self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()


class Results(ResultFile):
    """Of a model that says how probable each class is: the most probable one, and the probabilities."""

    def __init__(self, path: Path, kept: pa.Schema, labels: Sequence[str], target: Target) -> None:
        self._labels, self._target = tuple(labels), target
        self._shown = len(labels) if len(labels) <= MOST_COLUMNS else 0
        shares = [f"probability: {label}" for label in labels[: self._shown]]
        new = {"predicted": pa.string(), "confidence": pa.float32(), REASON: pa.string()}
        super().__init__(path, kept, new | dict.fromkeys(shares, pa.float32()))

    def write(
        self, kept: Sequence[pa.Array], probabilities: NDArray[np.float32], reasons: Sequence[str | None]
    ) -> None:
        """n rows: their own columns, probabilities (n, k), and why a row was not predicted, which leaves its
        probabilities out; None where it was."""
        bad = np.array([reason is not None for reason in reasons], bool)
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
        self.add(columns, bad)


class NumberResults(ResultFile):
    """Of a model that says a number: it, and the ends of the interval that holds nine labels of ten."""

    def __init__(self, path: Path, kept: pa.Schema, spread: Spread | None) -> None:
        """Without `spread` there are no ends."""
        self._spread = spread
        super().__init__(path, kept, dict.fromkeys(("predicted", "low", "high"), pa.float64()) | {REASON: pa.string()})

    def write(
        self, kept: Sequence[pa.Array], probabilities: NDArray[np.float32], reasons: Sequence[str | None]
    ) -> None:
        """n rows: their own columns, the numbers (n, 1), and why a row was not predicted."""
        bad = np.array([reason is not None for reason in reasons], bool)
        predicted = probabilities[:, 0].astype(np.float64)
        half = np.zeros(len(predicted)) if self._spread is None else self._spread.half(predicted)
        unknown = bad if self._spread is not None else np.ones(len(bad), bool)
        columns = [
            *kept,
            pa.array(predicted, mask=bad),
            pa.array(predicted - half, mask=unknown),
            pa.array(predicted + half, mask=unknown),
            pa.array(reasons, pa.string()),
        ]
        self.add(columns, bad)


def results_of(
    path: Path, kept: pa.Schema, labels: Sequence[str], target: Target, spread: Spread | None = None
) -> Results | NumberResults:
    """The results of a model that says one thing of an example; `spread` of a model of numbers."""
    return NumberResults(path, kept, spread) if target.numeric else Results(path, kept, labels, target)


class SpanResults(ResultFile):
    """Of a model that says where entities are: the label in its text form, and each span with its probability."""

    def __init__(self, path: Path, kept: pa.Schema) -> None:
        new = {"predicted": pa.string(), "confidence": pa.float32(), REASON: pa.string(), "spans": pa.string()}
        super().__init__(path, kept, new)

    def write(self, kept: Sequence[pa.Array], found: Read, reasons: Sequence[str | None]) -> None:
        """n rows: their own columns, what was found in those without a reason against them, and the reasons."""
        bad = np.array([reason is not None for reason in reasons], bool)
        predicted = np.full(len(reasons), None, object)
        spans = np.full(len(reasons), None, object)
        confidence = np.zeros(len(reasons), np.float32)
        predicted[~bad] = [written(one) for one in found.spans]
        spans[~bad] = [scored(*one) for one in zip(found.spans, found.scores, strict=True)]
        confidence[~bad] = found.sure
        self.classes.update(name for one in found.spans for name in {name for _, _, name in one})
        columns = [
            *kept,
            pa.array(predicted, pa.string()),
            pa.array(confidence, pa.float32(), mask=bad),
            pa.array(reasons, pa.string()),
            pa.array(spans, pa.string()),
        ]
        self.add(columns, bad)


def scored(spans: Sequence[Span], scores: Sequence[float]) -> str:
    """Spans as JSON objects, as transformers' pipeline calls their parts: `start`, `end`, `label` and `score`."""
    listed = [
        {"start": start, "end": stop, "label": name, "score": round(score, 6)}
        for (start, stop, name), score in zip(spans, scores, strict=True)
    ]
    return json.dumps(listed, ensure_ascii=False)


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
