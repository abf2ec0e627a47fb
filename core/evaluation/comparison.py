"""Two runs on the same rows: how much more the second has, with paired intervals.

Both are scored on the same resamples, so that what makes a row hard for both cancels out. Resampled are the cells of
(true class, first's prediction, second's prediction).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.bootstrap import (
    RESAMPLES,
    SEED,
    accuracy_interval,
    difference_estimate,
    intervals,
    macro_interval,
    resamples,
    set_figures,
    set_intervals,
    set_resamples,
)
from core.evaluation.confusion import Cells, Integers
from core.evaluation.metrics import Floats, figures
from core.evaluation.multi_label import SetPairs, subset_accuracy
from core.progress import Report
from core.records import Difference, Interval


@dataclass(frozen=True, slots=True)
class JointCells:
    """How often each pair of predictions goes with each true class."""

    true: Integers
    """(cells,) index of the true class."""
    first: Integers
    """(cells,) index of the class that the first predicts."""
    second: Integers
    """(cells,) index of the class that the second predicts."""
    count: Integers
    """(cells,) rows, all above 0."""
    classes: int

    def of_first(self) -> Cells:
        """The first's confusion matrix; a cell may stand in it more than once."""
        return Cells(self.true, self.first, self.count, self.classes)

    def of_second(self) -> Cells:
        """The second's confusion matrix; a cell may stand in it more than once."""
        return Cells(self.true, self.second, self.count, self.classes)

    def only_right(self) -> tuple[int, int]:
        """Rows that only the first, and that only the second predicts right."""
        first, second = self.first == self.true, self.second == self.true
        return int(self.count[first & ~second].sum()), int(self.count[second & ~first].sum())


@dataclass(frozen=True, slots=True)
class PairedIntervals:
    """95 % intervals of both, and of their differences: accuracy, macro F1, then F1 by class (differences only)."""

    first: tuple[Interval, Interval]
    second: tuple[Interval, Interval]
    differences: tuple[Interval, ...]


def joint_cells(counts: Sequence[tuple[str, str, str, int]], labels: Sequence[str]) -> JointCells:
    """(true label, first's prediction, second's, rows) as cells over `labels`, which hold every label that occurs."""
    index = {label: place for place, label in enumerate(labels)}
    table = np.array([(index[t], index[p], index[q], rows) for t, p, q, rows in counts], np.int64)
    true, first, second, count = table.reshape(-1, 4).T
    return JointCells(true, first, second, count, len(labels))


def paired_intervals(joint: JointCells, on_progress: Report) -> PairedIntervals:
    """Scores both on the same resamples. `on_progress` is told resamples done, and how many there are."""
    both = np.empty((RESAMPLES, 2, 2))
    differences = np.empty((RESAMPLES, 2 + joint.classes))
    draws = resamples(joint.true, (joint.first, joint.second), joint.count, joint.classes)
    for place, (first, second) in enumerate(draws):
        of_first, of_second = figures(first), figures(second)
        both[place] = of_first[:2], of_second[:2]
        differences[place] = of_second - of_first
        on_progress(place + 1, RESAMPLES)
    sides = [
        (accuracy_interval(sums), macro_interval(sums, intervals(both[:, side])[1]))
        for side, sums in enumerate((joint.of_first().sums(), joint.of_second().sums()))
    ]
    return PairedIntervals(sides[0], sides[1], tuple(intervals(differences)))


@dataclass(frozen=True, slots=True)
class SetIntervals:
    """As `PairedIntervals`, of predictions that are sets of classes: of both subset accuracy, micro F1 and macro F1."""

    first: tuple[Interval, Interval, Interval]
    second: tuple[Interval, Interval, Interval]
    differences: tuple[Interval, ...]
    """Of micro F1, macro F1 and subset accuracy, then of F1 by class."""


def paired_set_intervals(first: SetPairs, second: SetPairs, on_progress: Report) -> SetIntervals:
    """As `paired_intervals`; both have the same pairs and counts."""
    both = np.empty((RESAMPLES, 2, 2))
    found = np.empty((RESAMPLES, 2 + first.classes))
    for place, drawn in enumerate(set_resamples((first, second))):
        of_first, of_second = (set_figures(one) for one in drawn)
        both[place] = of_first[:2], of_second[:2]
        found[place] = of_second - of_first
        on_progress(place + 1, RESAMPLES)
    sides = [set_intervals(one, intervals(both[:, side])) for side, one in enumerate((first, second))]
    exactly = _exact_difference(only_exact(first, second), first.rows)
    micro, macro, *classes = intervals(found)
    return SetIntervals(sides[0], sides[1], (micro, macro, exactly, *classes))


def only_exact(first: SetPairs, second: SetPairs) -> tuple[int, int]:
    """Rows whose set only the first, and only the second predicts exactly."""
    one, two = first.wrong == 0, second.wrong == 0
    return int(first.count[one & ~two].sum()), int(first.count[two & ~one].sum())


def set_differences(
    first: SetPairs, second: SetPairs, labels: Sequence[str], found: Sequence[Interval]
) -> tuple[Difference, ...]:
    """Micro F1, macro F1 and subset accuracy, then the F1 of every class of `labels`; `found` as `SetIntervals` has
    them."""
    sides = [np.insert(set_figures(one.sums()), 2, subset_accuracy(one)) for one in (first, second)]
    support = [first.rows] * 3 + first.sums().support.tolist()
    return _differences(("micro_f1", "macro_f1", "accuracy", *labels), sides, found, support)


def _exact_difference(only: tuple[int, int], rows: int) -> Interval:
    """The resamples' interval of the difference in subset accuracy: rows of three kinds, so that drawing them all is
    one multinomial draw."""
    shares = np.array([*only, rows - sum(only)]) / rows
    drawn = np.random.default_rng(SEED).multinomial(rows, shares, RESAMPLES)
    return intervals((drawn[:, 1:2] - drawn[:, :1]) / rows)[0]


def differences(joint: JointCells, labels: Sequence[str], found: Sequence[Interval]) -> tuple[Difference, ...]:
    """Accuracy and macro F1, then the F1 of every class of `labels`; `found` are the resamples' intervals in that
    order."""
    sums = joint.of_first().sums()
    sides = [figures(sums), figures(joint.of_second().sums())]
    support = [joint.count.sum(), joint.count.sum(), *sums.support]
    return _differences(("accuracy", "macro_f1", *labels), sides, found, support)


def _differences(
    names: Sequence[str], sides: Sequence[Floats], found: Sequence[Interval], support: Sequence[int]
) -> tuple[Difference, ...]:
    columns = zip(names, *sides, found, support, strict=True)
    return tuple(
        Difference(name, float(one), float(two), difference_estimate(two - one, ends, rows), int(rows))
        for name, one, two, ends, rows in columns
    )
