"""Models that learnt from different labels, several of each, scored on the same test rows: paired differences.

Two things are left to chance: the seed (a resample of the training rows, shared by one model of each kind) and the test
rows, shared by all. The two are crossed, not nested. So each is resampled by itself, and both deviations are added up:
the variances by seed and by row add, as in two-way clustering (Cameron, Gelbach and Miller 2011, Robust inference with
multiway clustering). What seed and row have in common is counted twice, since it is not subtracted: the intervals are
percentiles of the sum and err on the wide side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.bootstrap import (
    RESAMPLES,
    SEED,
    difference_estimate,
    intervals,
    mean_resamples,
    resamples,
    set_figures,
    set_resamples,
)
from core.evaluation.confusion import Integers, Sums, sums
from core.evaluation.effect_words import OF_CLASSES, OF_SETS
from core.evaluation.metrics import Floats, figures
from core.evaluation.multi_label import pairs_of, scores_by_pair
from core.progress import Report
from core.records import Arm, ArmComparison, Difference, Estimate, Interval

PAIRS: tuple[tuple[Arm, Arm], ...] = (("given", "reviewed"), ("random", "reviewed"), ("given", "random"))
"""First and second of each comparison: what review adds, what it adds to mere change, what mere change adds."""
Indices = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Scored:
    """What every model scores, by figure: those of all classes together, then the F1 of each of k classes."""

    names: tuple[str, ...]
    """Of the figures of all classes together."""
    of_all: Floats
    """(models, figures), on all rows."""
    of_resamples: Iterator[Floats]
    """The same, on each resample of the rows."""
    support: Integers
    """(k,) rows of each class."""
    shares: bool = True
    """Whether the figures are shares, whose differences lie in -1–1."""


def compare_arms(
    true: Indices, predictions: Mapping[Arm, Indices], labels: Sequence[str], on_progress: Report
) -> tuple[ArmComparison, ...]:
    """Compares the `PAIRS` on n test rows whose classes are `true` (n,), by what the models of each kind predict,
    (seeds, n): row s of every kind learnt from the same resample of the training rows. Where rows have several classes,
    `true` and predictions are indicators of 0 and 1 with one more axis (k).

    The same rows and predictions give the same answer. `on_progress` is told resamples done, and how many there are.
    """
    arms = list(predictions)
    table = np.concatenate([true[None], *(predictions[arm] for arm in arms)])
    scored = _of_classes(table, len(labels)) if true.ndim == 1 else _of_sets(table)
    return compared(scored, arms, labels, len(true), on_progress)


def compared(
    scored: Scored, arms: Sequence[Arm], labels: Sequence[str], rows: int, on_progress: Report
) -> tuple[ArmComparison, ...]:
    """Compares the `PAIRS` of arms by what their models score, those of the first arm first, on so many rows."""
    on_progress(0, RESAMPLES)
    seeds = len(scored.of_all) // len(arms)
    found = scored.of_all.reshape(len(arms), seeds, -1)
    drawn = np.empty((RESAMPLES, *found.mean(1).shape))
    generator = np.random.default_rng([SEED, seeds])
    widened = seed_factor(seeds)
    for place, of_models in enumerate(scored.of_resamples):
        of_rows = of_models.reshape(found.shape).mean(1)
        of_seeds = found[:, generator.integers(seeds, size=seeds)].mean(1) - found.mean(1)
        drawn[place] = of_rows + widened * of_seeds
        on_progress(place + 1, RESAMPLES)
    scores = {arm: (found[place].mean(0), drawn[:, place]) for place, arm in enumerate(arms)}
    return tuple(
        ArmComparison(first, second, _differences(scores[first], scores[second], scored, labels, rows))
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


def _of_classes(table: Indices, classes: int) -> Scored:
    """Of classes, true and as each model predicts them, (1 + models, n)."""
    cells, count = np.unique(table, axis=1, return_counts=True)
    true, *predicted = cells
    support = sums(true, count, classes)
    found = [
        figures(Sums(sums(true, count * (one == true), classes), support, sums(one, count, classes)))
        for one in predicted
    ]
    drawn = (np.stack([figures(one) for one in of_models]) for of_models in resamples(true, predicted, count, classes))
    return Scored(tuple(OF_CLASSES), np.stack(found), drawn, support)


def _of_sets(table: Indices) -> Scored:
    """Of indicators, true and as each model predicts them, (1 + models, n, k)."""
    packed = np.packbits(table > 0, axis=2).transpose(1, 0, 2)
    whole = np.ascontiguousarray(packed).reshape(len(packed), -1).view(f"V{packed[0].size}")[:, 0]
    _, first, count = np.unique(whole, return_index=True, return_counts=True)
    true, *predicted = table[:, first]
    pairs = [pairs_of(true, one, count) for one in predicted]
    # (2 · models, pairs): F1 of its rows, then whether they are wholly right.
    of_rows = np.stack([scores_by_pair(one)[:, 2] for one in pairs] + [one.wrong == 0 for one in pairs])

    def together(of_models: Sequence[Sums], means: Floats) -> Floats:
        by_class = np.stack([set_figures(one) for one in of_models])
        return np.concatenate([by_class[:, :2], means.reshape(2, -1).T, by_class[:, 2:]], axis=1)

    drawn = (together(*both) for both in zip(set_resamples(pairs), mean_resamples(of_rows, count), strict=True))
    found = together([one.sums() for one in pairs], of_rows @ count / count.sum())
    return Scored(tuple(OF_SETS), found, drawn, pairs[0].sums().support)


def _differences(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], scored: Scored, labels: Sequence[str], rows: int
) -> tuple[Difference, ...]:
    """Of the means over the seeds (figures,) and their resamples (resamples, figures); classes that do not occur are
    left out."""
    ends, names = intervals(second[1] - first[1]), scored.names
    support = [rows] * len(names) + scored.support.tolist()
    shown = [True] * len(names) + (scored.support > 0).tolist()
    columns = zip((*names, *labels), first[0], second[0], ends, support, shown, strict=True)
    return tuple(
        _difference(name, one, two, end, count, scored.shares) for name, one, two, end, count, show in columns if show
    )


def _difference(name: str, first: float, second: float, interval: Interval, support: int, shares: bool) -> Difference:
    by = float(second - first)
    found = difference_estimate(by, interval, support) if shares else Estimate(by, *interval)
    return Difference(name, float(first), float(second), found, support)
