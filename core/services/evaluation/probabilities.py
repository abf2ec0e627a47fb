"""A run's probabilities held against labels: which rows of its array a split is, and what it gives their true classes.

The array stays on disk, memory-mapped, one class contiguous: a class of a million rows is 4 MB of reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.beside.answers import Report
from core.context import Context
from core.records import Run
from core.store.predictions import positions
from core.store.relations import relation

_KEPT = 2
"""The rows of a split serve all of its curves; they take 16 MB per million."""


@dataclass(frozen=True, slots=True)
class SplitProbabilities:
    """One split's rows of the array."""

    array: NDArray[np.float32]
    """(all predicted rows, k), memory-mapped, Fortran order."""
    positions: NDArray[np.int64]
    """(rows,) the split's rows of it, ascending."""
    label: NDArray[np.int64]
    """(rows,) index of the true class, -1 where the run does not know it."""

    @property
    def classes(self) -> int:
        """k."""
        return int(self.array.shape[1])

    def of_class(self, place: int) -> NDArray[np.float32]:
        """(rows,) each row's probability of one class."""
        return np.asarray(self.array[:, place][self.positions])

    def of_truth(self, report: Report) -> NDArray[np.float32]:
        """(rows,) each row's probability of its true class, 0 where the run does not know it. Class by class, so that
        the file is read from front to back."""
        found = np.zeros(len(self.label), np.float32)
        by_class = np.argsort(self.label, kind="stable")
        ends = np.searchsorted(self.label[by_class], np.arange(self.classes + 1))
        for place in range(self.classes):
            rows = by_class[ends[place] : ends[place + 1]]
            found[rows] = self.array[:, place][self.positions[rows]]
            report(place + 1, self.classes)
        return found

    def columns(self, report: Report) -> Iterator[NDArray[np.float32]]:
        """`of_class` of one class after another."""
        for place in range(self.classes):
            yield self.of_class(place)
            report(place + 1, self.classes)


def probabilities_path(context: Context, run: Run) -> Path:
    """Where a run's probabilities lie, if it wrote them."""
    return context.queue.folder(run.run_id).output / "probabilities.npy"


def split_probabilities(context: Context, run: Run, split: str, truth_id: str) -> SplitProbabilities | None:
    """A split's part of a run's probabilities under a version's labels, or None where the run wrote none."""
    path = probabilities_path(context, run)
    if not path.exists():
        return None

    def work(report: Report) -> SplitProbabilities:
        truth = relation(context.store, truth_id)
        rows, label = positions(context.store, run.run_id, split, truth, run.labels)
        return SplitProbabilities(np.load(path, mmap_mode="r"), rows, label)

    answers = context.beside.answers("split rows", kept=_KEPT)
    found = answers.ask((str(path), split, truth_id), "Finding the rows of the split", work, timeout=None)
    assert isinstance(found, SplitProbabilities)
    return found
