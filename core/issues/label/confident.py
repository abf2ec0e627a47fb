"""Confident learning, counted in chunks of rows, so that it needs no more memory than one chunk and one k × k matrix.

Northcutt, Jiang & Chuang, Confident learning: estimating uncertainty in dataset labels, 2021, section 3.1. Calibration
is cleanlab's own. Its counting is not used for two reasons: it holds several n × k matrices, and where several classes
are confident it takes the most probable of all classes, which need not be one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from cleanlab.count import calibrate_confident_joint
from numpy.typing import NDArray

from core.issues.signals import Probabilities, Signals
from core.targets import Labels

CELLS = 1 << 24
TOLERANCE = 1e-6
"""How far below its threshold a probability still counts, as in cleanlab."""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What is read from the probabilities in one go."""

    own: NDArray[np.float64]
    """(n,) probability of the given label."""
    top: NDArray[np.int64]
    """(n,) the most probable class."""
    other: NDArray[np.int64]
    """(n,) the most probable class but the given one."""
    other_probability: NDArray[np.float64]
    """(n,)"""


def chunks(rows: int, columns: int) -> list[slice]:
    """Slices over the rows, small enough for a few copies of each."""
    step = max(1, CELLS // columns)
    return [slice(start, min(rows, start + step)) for start in range(0, rows, step)]


def row_facts(labels: Labels, probabilities: Probabilities) -> RowFacts:
    """Own, top and best other class of every row."""
    count = len(labels)
    facts = RowFacts(np.empty(count), np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count))
    for rows in chunks(*probabilities.shape):
        part, given = np.array(probabilities[rows]), labels[rows][:, None]
        facts.own[rows] = np.take_along_axis(part, given, 1)[:, 0]
        facts.top[rows] = part.argmax(1)
        np.put_along_axis(part, given, -1, 1)
        facts.other[rows] = part.argmax(1)
        facts.other_probability[rows] = part.max(1)
    return facts


def class_thresholds(labels: Labels, own: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """(k,) mean probability of each class over the rows that carry it; NaN for a class without rows."""
    counts = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, own, classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def confident_classes(probabilities: Probabilities, thresholds: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) the most probable class among those that reach their threshold; −1 where none does."""
    least = np.nan_to_num(thresholds, nan=2.0) - TOLERANCE
    confident = np.empty(len(probabilities), np.int64)
    for rows in chunks(*probabilities.shape):
        part: Probabilities = np.array(probabilities[rows])
        part[part < least] = -1
        confident[rows] = np.where(part.max(1) >= 0, part.argmax(1), -1)
    return confident


def calibrated_joint(signals: Signals, confident: NDArray[np.int64]) -> NDArray[np.float64]:
    """(k, k) estimated rows by given and true class: rows sum to the class's support, all to n."""
    classes = signals.probabilities.shape[1]
    sure = (confident >= 0) & signals.judged
    cells = np.bincount(signals.labels[sure] * classes + confident[sure], minlength=classes**2)
    counted = cells.reshape(classes, classes)
    np.fill_diagonal(counted, np.maximum(counted.diagonal(), 1))
    return np.asarray(calibrate_confident_joint(counted, signals.labels), np.float64)
