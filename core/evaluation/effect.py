"""Models that learnt from different labels, several of each, scored on the same test rows: paired differences.

Two things are left to chance: the seed (a resample of the training rows, shared by one model of each kind) and the test
rows, shared by all. The two are crossed, not nested. So each is resampled by itself, and both deviations are added up:
the variances by seed and by row add, as in two-way clustering (Cameron, Gelbach and Miller 2011, Robust inference with
multiway clustering). What seed and row have in common is counted twice, since it is not subtracted: the intervals are
percentiles of the sum and err on the wide side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.evaluation.bootstrap import RESAMPLES, SEED, difference_estimate, intervals, resamples
from core.evaluation.confusion import Integers, Sums, sums
from core.evaluation.metrics import Floats, figures
from core.progress import Report
from core.records import Arm, ArmComparison, Difference, Interval

PAIRS: tuple[tuple[Arm, Arm], ...] = (("given", "reviewed"), ("random", "reviewed"), ("given", "random"))
"""First and second of each comparison: what review adds, what it adds to mere change, what mere change adds."""


def compare_arms(
    true: Integers, predictions: Mapping[Arm, Integers], labels: Sequence[str], on_progress: Report
) -> tuple[ArmComparison, ...]:
    """Compares the `PAIRS` on n test rows whose classes are `true` (n,), by what the models of each kind predict,
    (seeds, n): row s of every kind learnt from the same resample of the training rows.

    The same rows and predictions give the same answer. `on_progress` is told resamples done, and how many there are.
    """
    on_progress(0, RESAMPLES)
    arms = list(predictions)
    seeds = len(predictions[arms[0]])
    table = np.concatenate([true[None], *(predictions[arm] for arm in arms)])
    cells, count = np.unique(table, axis=1, return_counts=True)
    found = _figures(cells, count, (len(arms), seeds), len(labels))
    drawn = np.empty((RESAMPLES, *found.mean(1).shape))
    generator = np.random.default_rng([SEED, seeds])
    widened = seed_factor(seeds)
    for place, sums_ in enumerate(resamples(cells[0], list(cells[1:]), count, len(labels))):
        of_rows = np.stack([figures(one) for one in sums_]).reshape(found.shape).mean(1)
        of_seeds = found[:, generator.integers(seeds, size=seeds)].mean(1) - found.mean(1)
        drawn[place] = of_rows + widened * of_seeds
        on_progress(place + 1, RESAMPLES)
    support = np.bincount(true, minlength=len(labels))
    occurring = (support > 0) | (found[:, :, 2:] > 0).any((0, 1))
    scores = {arm: (found[place].mean(0), drawn[:, place]) for place, arm in enumerate(arms)}
    return tuple(
        ArmComparison(first, second, _differences(scores[first], scores[second], labels, support, occurring))
        for first, second in PAIRS
    )


def seed_factor(seeds: int) -> float:
    """By how much the part that the seeds have in the spread is widened.

    Resampling s seeds gives their mean a variance that is (s − 1)/s of what it should be, and percentiles take it for
    known, where Student's t does not: t(s − 1)/z · √(s/(s − 1)) makes up for both (Hesterberg 2015, What Teachers
    Should Know About the Bootstrap, on small samples). 1.58 for 5 seeds.
    """
    from scipy.stats import norm, t

    return float(t.ppf(0.975, seeds - 1) / norm.ppf(0.975) * np.sqrt(seeds / (seeds - 1)))


def _figures(cells: Integers, count: Integers, shape: tuple[int, int], classes: int) -> Floats:
    """(arms, seeds, 2 + k) accuracy, macro F1, F1 by class of all rows."""
    true, *predicted = cells
    support = sums(true, count, classes)
    found = [
        figures(Sums(sums(true, count * (one == true), classes), support, sums(one, count, classes)))
        for one in predicted
    ]
    return np.stack(found).reshape(*shape, -1)


def _differences(
    first: tuple[Floats, Floats],
    second: tuple[Floats, Floats],
    labels: Sequence[str],
    support: Integers,
    occurring: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> tuple[Difference, ...]:
    """Of the means over the seeds (2 + k,) and their resamples (resamples, 2 + k)."""
    ends = intervals(second[1] - first[1])
    rows = [int(support.sum())] * 2 + support.tolist()
    shown = [True, True, *occurring.tolist()]
    columns = zip(("accuracy", "macro_f1", *labels), first[0], second[0], ends, rows, shown, strict=True)
    return tuple(_difference(name, one, two, end, count) for name, one, two, end, count, show in columns if show)


def _difference(name: str, first: float, second: float, interval: Interval, support: int) -> Difference:
    found = difference_estimate(second - first, interval, support)
    return Difference(name, float(first), float(second), found, support)
