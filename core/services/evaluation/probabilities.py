"""A run's probabilities held against labels: which rows of its array a split is, and what it gives their true classes.

The array stays on disk, memory-mapped, one class contiguous: a class of a million rows is 4 MB of reading.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays.checksum import changed
from core.beside.answers import Pending
from core.context import Context
from core.errors import JobError
from core.evaluation.metrics import binary_log_losses
from core.progress import Report, unheard
from core.records import Run, SetMembers
from core.store.predicted_sets import set_positions
from core.store.predictions import positions
from core.store.relations import relation
from core.targets.contract import Target

_KEPT = 2
"""The rows of a split serve all of its curves; they take 16 MB per million."""


@dataclass(frozen=True, slots=True)
class SplitProbabilities(ABC):
    """One split's rows of the array."""

    array: NDArray[np.float32]
    """(all predicted rows, k), memory-mapped, Fortran order."""
    positions: NDArray[np.int64]
    """(rows,) the split's rows of it, ascending."""

    @property
    def classes(self) -> int:
        """k."""
        return int(self.array.shape[1])

    def of_class(self, place: int) -> NDArray[np.float32]:
        """(rows,) each row's probability of one class."""
        return np.asarray(self.array[:, place][self.positions])

    def columns(self, report: Report) -> Iterator[NDArray[np.float32]]:
        """`of_class` of one class after another."""
        for place in range(self.classes):
            yield self.of_class(place)
            report(place + 1, self.classes)

    @abstractmethod
    def having(self, place: int) -> NDArray[np.bool_]:
        """(rows,) whether one class is true."""

    @abstractmethod
    def of_truths(self) -> NDArray[np.float32]:
        """The probabilities of all true classes that the run knows, of all rows together."""


@dataclass(frozen=True, slots=True)
class ClassProbabilities(SplitProbabilities):
    """Of rows that have one class each."""

    label: NDArray[np.int64]
    """(rows,) index of the true class, -1 where the run does not know it."""

    def having(self, place: int) -> NDArray[np.bool_]:
        return np.asarray(self.label == place)

    def of_truths(self) -> NDArray[np.float32]:
        return self.of_truth(unheard)[self.label >= 0]

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


@dataclass(frozen=True, slots=True)
class SetProbabilities(SplitProbabilities):
    """Of rows that have several classes each, or none."""

    number: NDArray[np.int64]
    """(rows,) number of the true set."""
    members: SetMembers
    labels: tuple[str, ...]
    """The run's classes."""

    def having(self, place: int) -> NDArray[np.bool_]:
        return self._having(self.labels[place])

    def of_truths(self) -> NDArray[np.float32]:
        columns = enumerate(self.columns(unheard))
        return np.concatenate([scores[self.having(place)] for place, scores in columns])

    def loss(self, report: Report) -> float:
        """Mean binary cross entropy, in nats per row and class; a class that the run does not know has probability 0
        everywhere, and counts as well."""
        columns = enumerate(self.columns(report))
        found = [float(binary_log_losses(scores, self.having(place)).mean()) for place, scores in columns]
        unknown = [name for name in self.members.names if name not in self.labels]
        never = np.zeros(len(self.positions), np.float32)
        found += [float(binary_log_losses(never, self._having(name)).mean()) for name in unknown]
        return float(np.mean(found))

    def _having(self, name: str) -> NDArray[np.bool_]:
        """Looked up by distinct set, of which there are fewer than rows."""
        has = np.zeros(self.members.sets, np.bool_)
        if name in self.members.names:
            has[self.members.number[self.members.name == self.members.names.index(name)]] = True
        return has[self.number]


def probabilities_path(context: Context, run: Run) -> Path:
    """Where a run's probabilities lie, if it wrote them."""
    return context.queue.folder(run.run_id).output / "probabilities.npy"


def split_probabilities(
    context: Context, run: Run, target: Target, split: str, truth_id: str
) -> ClassProbabilities | SetProbabilities | None:
    """A split's part of a run's probabilities under a version's labels, or None where the run wrote none. Raises
    `JobError` where its file is cut or was changed."""
    path = probabilities_path(context, run)
    if not path.exists():
        return None

    def work(report: Report) -> ClassProbabilities | SetProbabilities:
        truth = relation(context.store, truth_id)
        array = _array(path, run)
        if target.several:
            rows, number, members = set_positions(context.store, run.run_id, split, truth, target.classes_sql)
            return SetProbabilities(array, rows, number, members, run.labels)
        rows, label = positions(context.store, run.run_id, split, truth, run.labels)
        return ClassProbabilities(array, rows, label)

    answers = context.beside.answers("split rows", kept=_KEPT)
    found = answers.ask((str(path), split, truth_id), "Finding the rows of the split", work, timeout=None)
    assert not isinstance(found, Pending), "it was waited for"
    return found


def _array(path: Path, run: Run) -> NDArray[np.float32]:
    try:
        if problem := changed(path, path.parent):
            raise ValueError(problem)
        array: NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise JobError(
            f"The probabilities of run {run.number} cannot be read: {path} is damaged ({error}).",
            "What needs none is shown as before. Train it again for the curves, with the same settings.",
        ) from error
    return array
