"""The confusion matrix by its cells that are not zero, and what is read off it: sums, order, most confused pairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.proportions import wilson
from core.records import Estimate

Integers = NDArray[np.int64]

COIN = 0.5
MOST_OVERLAPPED = 0.75
"""Half-way between a coin and always right. What is surely worse than a coin is told apart, under other names."""
MIN_OVERLAPPED = 10
"""Rows that each of the two classes must have."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the scores of predictions are made of."""

    true_positives: Integers
    """(k,) rows of each class that are predicted as it."""
    support: Integers
    """(k,) rows of each class."""
    predicted_count: Integers
    """(k,) rows that each class is predicted for."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A confusion matrix of k classes; at a thousand classes nearly all of its million cells are empty."""

    true: Integers
    """(cells,) index of the true class."""
    predicted: Integers
    """(cells,) index of the predicted class."""
    count: Integers
    """(cells,) rows, all above 0."""
    classes: int
    """k."""

    @property
    def rows(self) -> int:
        """Rows in all."""
        return int(self.count.sum())

    def sums(self) -> Sums:
        """By class."""
        hit = self.true == self.predicted
        return Sums(
            sums(self.true[hit], self.count[hit], self.classes),
            sums(self.true, self.count, self.classes),
            sums(self.predicted, self.count, self.classes),
        )

    def matrix(self) -> Integers:
        """(k, k), true class by row, predicted class by column."""
        dense = np.zeros((self.classes, self.classes), np.int64)
        np.add.at(dense, (self.true, self.predicted), self.count)
        return dense


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Rows of one class that are predicted as another."""

    true: str
    predicted: str
    rows: int
    share: float
    """Of the rows of the true class, 0–1."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two classes that are hardly told apart."""

    first: str
    second: str
    rows: int
    """Of either class, predicted as one of the two."""
    right: Estimate
    """Share of these that is right, the mean of both classes; a coin has 0.5."""


def all_labels(known: Sequence[str], occurring: Collection[str]) -> tuple[str, ...]:
    """The labels that a model knows in their order, then, sorted, those that it does not know but meets."""
    return (*known, *sorted(set(occurring).difference(known)))


def cells(counts: Sequence[tuple[str, str, int]], labels: Sequence[str]) -> Cells:
    """(true label, predicted label, rows) as cells over `labels`, which hold every label that occurs."""
    index = {label: place for place, label in enumerate(labels)}
    table = np.array([(index[true], index[predicted], rows) for true, predicted, rows in counts], np.int64)
    true, predicted, count = table.reshape(-1, 3).T
    return Cells(true, predicted, count, len(labels))


def sums_of(true: Integers, predicted: Integers, classes: int) -> Sums:
    """By class, of n rows whose true and predicted classes are (n,) indices below `classes`."""
    columns = (true[true == predicted], true, predicted)
    return Sums(*(np.bincount(column, minlength=classes) for column in columns))


def sums(index: Integers, count: Integers, classes: int) -> Integers:
    """(classes,) sum of `count` per index."""
    return np.bincount(index, weights=count, minlength=classes).astype(np.int64)


def confusion_order(matrix: Integers) -> Integers:
    """(k,) classes, those that are confused most first, each followed by the one that it shares most errors with.

    So the errors gather along the diagonal, where the eye finds them. `matrix` is (k, k) counts.
    """
    errors = matrix + matrix.T
    np.fill_diagonal(errors, 0)
    left = np.ones(len(errors), bool)
    order: list[int] = []
    most = errors.sum(axis=1)
    while left.any():
        shared = np.where(left, errors[order[-1]], 0) if order else np.zeros(len(errors), np.int64)
        chosen = int(shared.argmax()) if shared.any() else int(np.where(left, most, -1).argmax())
        order.append(chosen)
        left[chosen] = False
    return np.array(order, np.int64)


def most_confused(matrix: Integers, labels: Sequence[str], limit: int) -> tuple[ConfusedPair, ...]:
    """The `limit` cells off the diagonal with the most rows; `matrix` is (k, k) counts, true class by row."""
    true, predicted = np.nonzero(matrix)
    off = true != predicted
    true, predicted = true[off], predicted[off]
    support = matrix.sum(axis=1)
    rows = matrix[true, predicted]
    first = np.lexsort((predicted, true, -rows))[:limit]
    return tuple(
        ConfusedPair(labels[t], labels[p], int(matrix[t, p]), float(matrix[t, p] / support[t]))
        for t, p in zip(true[first].tolist(), predicted[first].tolist(), strict=True)
    )


def hardly_told_apart(matrix: Integers, labels: Sequence[str], limit: int) -> tuple[Overlap, ...]:
    """The pairs of classes that predictions tell apart hardly better than a coin, at most `limit` of them, those with
    most rows first: of the rows of either that are predicted as one of the two, the share that is right, each class
    counting the same, lies below `MOST_OVERLAPPED` with all of its 95 % interval. `matrix` is (k, k) counts."""
    first, second = np.nonzero(np.triu(matrix + matrix.T, 1))
    own = np.array([matrix[first, first], matrix[second, second]])
    both = own + np.array([matrix[first, second], matrix[second, first]])
    share = own / np.maximum(both, 1)
    right = share.mean(axis=0)
    # The interval of a mean of two shares by those of each (Newcombe 1998, method 10, for a sum in place of a
    # difference).
    below, above = (np.hypot(*(end - share)) / 2 for end in wilson(own, both))
    low, high = right - below, right + above
    enough = (both >= MIN_OVERLAPPED).all(axis=0)
    told = [
        Overlap(
            labels[first[at]],
            labels[second[at]],
            int(both[:, at].sum()),
            Estimate(float(right[at]), float(low[at]), float(high[at])),
        )
        for at in np.flatnonzero(enough & (high < MOST_OVERLAPPED) & (high > COIN))
    ]
    return tuple(sorted(told, key=lambda one: (-one.rows, one.first, one.second))[:limit])


def drawn_classes(matrix: Integers, sort: str, limit: int) -> Integers:
    """The classes to draw and their order: all that occur or, where these are more than `limit`, those of the most
    confused pairs. `sort` is `confusion` (`confusion_order`), `support` (most rows first) or `name`, which leaves the
    order of the labels. `matrix` is (k, k) counts."""
    occurring = np.flatnonzero(matrix.sum(axis=0) + matrix.sum(axis=1))
    if len(occurring) > limit:
        true, predicted = np.nonzero(matrix)
        off = true != predicted
        true, predicted = true[off], predicted[off]
        ranked = np.argsort(-matrix[true, predicted], kind="stable")
        pairs = np.column_stack((true[ranked], predicted[ranked])).ravel()
        found = list(dict.fromkeys([*pairs[: limit * limit].tolist(), *occurring.tolist()]))
        occurring = np.sort(np.array(found[:limit], np.int64))
    if sort == "confusion":
        return occurring[confusion_order(matrix[occurring[:, None], occurring])]
    if sort == "support":
        return occurring[np.argsort(-matrix.sum(axis=1)[occurring], kind="stable")]
    return occurring
