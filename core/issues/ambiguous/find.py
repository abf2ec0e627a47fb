"""Rows whose two most probable classes are nearly as probable: the margin of active learning (Scheffer, Decomain &
Wrobel, 2001), asked of rows that have a label."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.evaluation.confusion import hardly_told_apart
from core.issues.contract import Found
from core.issues.evidence import neighbour_columns, texts_of
from core.issues.signals import Probabilities, Signals

APART, TOGETHER = 0.2, 0.8
"""The two classes differ by no more than this, and have so much of the probability."""
MOST = 0.05
"""Of all rows, those that are flagged at most: where a model is never sure, all are ambiguous to it."""
SHOWN, PAIRS = 5, 10
OVERLAPS, MOST_CLASSES = 5, 2_000
"""Pairs of classes of which it is said that they overlap, and classes up to which each is held against each."""
AT_ONCE = 1 << 16


def find(signals: Signals) -> Found:
    """Flags what lies between its label and one other class; only these rows are listed."""
    first, second, highest, next_highest = _two_most(signals.probabilities)
    margin = (highest - next_highest).astype(np.float64)
    one_of_two = (signals.labels == first) | (signals.labels == second)
    between = (margin <= APART) & (highest + next_highest >= TOGETHER) & one_of_two & signals.judged
    rows = np.flatnonzero(between)
    rows = np.sort(rows[np.argsort(margin[rows], kind="stable")[: int(MOST * len(margin))]])
    flagged = np.zeros(len(margin), bool)
    flagged[rows] = True
    found, near = signals.neighbours.of(rows)
    evidence = {
        "first": texts_of(signals.classes, first, flagged),
        "first_probability": pa.array(highest, mask=~flagged),
        "second": texts_of(signals.classes, second, flagged),
        "second_probability": pa.array(next_highest, mask=~flagged),
        **neighbour_columns(len(margin), found, signals.example_ids, near.first(SHOWN)),
    }
    overlaps = _overlaps(signals, first)
    pairs = Counter(tuple(sorted(pair)) for pair in zip(first[rows].tolist(), second[rows].tolist(), strict=True))
    names = signals.classes
    return Found(
        margin,
        flagged,
        None,
        pa.table(evidence),
        {
            "pairs": [[names[one], names[other], count] for (one, other), count in pairs.most_common(PAIRS)],
            **({"overlaps": overlaps} if overlaps else {}),
        },
        about=flagged,
    )


def _overlaps(signals: Signals, predicted: NDArray[np.int64]) -> list[list[object]]:
    """Pairs of classes that the model hardly tells apart: both, their rows that it takes for either, and the share of
    these that is right with its interval. None of two classes: without them nothing is left to tell apart."""
    count = len(signals.classes)
    if not 2 < count <= MOST_CLASSES:
        return []
    told = signals.judged & (signals.labels >= 0)
    cells = np.bincount(signals.labels[told] * count + predicted[told], minlength=count * count)
    found = hardly_told_apart(cells.reshape(count, count), signals.classes, OVERLAPS)
    return [[one.first, one.second, one.rows, one.right.estimate, *one.right.interval] for one in found]


def _two_most(
    probabilities: Probabilities,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """The two most probable classes of each row (n,) and their probabilities (n,), by parts: they may be on disk."""
    count, classes = probabilities.shape
    first, second = np.zeros(count, np.int64), np.zeros(count, np.int64)
    highest, next_highest = np.ones(count, np.float32), np.zeros(count, np.float32)
    if classes < 2:
        return first, second, highest, next_highest
    for start in range(0, count, AT_ONCE):
        part, rows = np.array(probabilities[start : start + AT_ONCE], np.float32), slice(start, start + AT_ONCE)
        each = np.arange(len(part))
        first[rows] = part.argmax(1)
        highest[rows] = part[each, first[rows]]
        part[each, first[rows]] = -1
        second[rows] = part.argmax(1)
        next_highest[rows] = part[each, second[rows]]
    return first, second, highest, next_highest
