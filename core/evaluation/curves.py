"""ROC and precision-recall curves of a class against the rest, with the areas that scikit-learn gives them.

Both bend only at the probabilities of rows that have the class. So the rows without it are counted, not gone through:
one sort of the scores and a look-up per row of the class, which makes a class of a million rows a matter of 20 ms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Integers
from core.evaluation.metrics import Floats
from core.records import Curve

Kind = Literal["roc", "precision_recall"]
Scores = NDArray[np.float32]
POINTS = 500
"""A drawn curve keeps at most so many."""
GRID = 201
"""Places at which a macro average is taken."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Rows at each distinct probability t that a row of the class has, highest first."""

    at_least: Integers
    """Rows with probability ≥ t."""
    above: Integers
    """Rows with probability > t."""
    gained: Integers
    """Rows of the class with probability t, all above 0."""
    rows: int
    """Rows in all."""

    @property
    def hits(self) -> Integers:
        """Rows of the class with probability ≥ t."""
        return np.cumsum(self.gained)

    @property
    def of_class(self) -> int:
        """Rows of the class."""
        return int(self.gained.sum())


def thresholds(scores: Scores, of_class: Scores) -> Thresholds:
    """From the probability of the class in every row (rows,), and in those that have it."""
    values, repeats = np.unique(of_class, return_counts=True)
    ordered = np.sort(scores)
    below, not_above = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return _thresholds(below, not_above, repeats, len(scores))


def _thresholds(below: Integers, not_above: Integers, repeats: Integers, rows: int) -> Thresholds:
    """From counts by distinct threshold, lowest first."""
    return Thresholds(rows - below[::-1], rows - not_above[::-1], repeats[::-1], rows)


def area(found: Thresholds, kind: Kind) -> float:
    """ROC AUC, or average precision: Σ (recall gained) × precision. NaN where a class does not occur, and for ROC where
    nothing else does.

    The AUC is the share of pairs of a row of the class and another in which the first has the higher probability, ties
    counting half (Mann and Whitney 1947): the same as the trapezoids under the curve.
    """
    of_class, others = found.of_class, found.rows - found.of_class
    if not of_class or (kind == "roc" and not others):
        return math.nan
    gained, hits = found.gained, found.hits
    if kind == "precision_recall":
        return float((gained * (hits / found.at_least)).sum() / of_class)
    false_above, false_at_least = found.above - (hits - gained), found.at_least - hits
    return 1 - float((gained * ((false_above + false_at_least) / 2)).sum() / of_class / others)


def corners(found: Thresholds, kind: Kind) -> tuple[Floats, Floats]:
    """The points where the curve bends, from the highest threshold down; x ascends."""
    of_class, others = max(1, found.of_class), max(1, found.rows - found.of_class)
    hits = np.column_stack((found.hits - found.gained, found.hits)).ravel()
    taken = np.column_stack((found.above, found.at_least)).ravel()
    hits, taken = np.concatenate(([0], hits, [found.of_class])), np.concatenate(([0], taken, [found.rows]))
    if kind == "roc":
        return (taken - hits) / others, hits / of_class
    precision = np.divide(hits, taken, out=np.ones(len(hits)), where=taken > 0)
    return hits / of_class, precision


def thinned(x: Floats, y: Floats, points: int = POINTS) -> tuple[Floats, Floats]:
    """At most `points` of the points of a curve, evenly along its length, both ends among them."""
    if len(x) <= points:
        return x, y
    length = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))))
    chosen = np.searchsorted(length, np.linspace(0, length[-1], points - 1))
    chosen = np.unique(np.append(np.minimum(chosen, len(x) - 1), len(x) - 1))
    return x[chosen], y[chosen]


def curve(found: Thresholds, label: str, kind: Kind) -> Curve:
    """The curve of one class, or of the micro average."""
    return Curve(kind, label, *thinned(*corners(found, kind)), area(found, kind))


def macro_average(classes: Iterable[Thresholds], kind: Kind) -> Curve:
    """The mean curve over the classes that have an area, and the mean of their areas."""
    x = np.linspace(0, 1, GRID)
    y, areas = np.zeros(GRID), []
    for found in classes:
        if not math.isnan(one := area(found, kind)):
            areas.append(one)
            y += _at(*corners(found, kind), x, kind)
    return Curve(kind, "macro", x, y / max(1, len(areas)), sum(areas) / len(areas) if areas else math.nan)


def micro_average(columns: Iterable[Scores], of_truth: Scores, kind: Kind) -> Curve:
    """Every probability of every row as one ranking, hits being those of the true classes.

    `columns` are the classes' probabilities (rows,), one after another, so that never more than one is in memory;
    `of_truth` are the probabilities of the true classes.
    """
    values, repeats = np.unique(of_truth, return_counts=True)
    below, not_above, entries = np.zeros(len(values), np.int64), np.zeros(len(values), np.int64), 0
    for column in columns:
        ordered = np.sort(column)
        below += np.searchsorted(ordered, values, "left")
        not_above += np.searchsorted(ordered, values, "right")
        entries += len(ordered)
    return curve(_thresholds(below, not_above, repeats, entries), "micro", kind)


def _at(x: Floats, y: Floats, places: Floats, kind: Kind) -> Floats:
    """The curve at other places. Between two points, precision is that of the threshold which reaches the recall: a
    straight line between them would flatter (Davis and Goadrich 2006)."""
    return np.interp(places, x, y) if kind == "roc" else y[np.searchsorted(x, places, "left")]
