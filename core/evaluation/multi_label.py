"""Sets of classes held against each other: the figures of predictions that may be several classes at once, or none.

They equal scikit-learn's on indicator matrices with `zero_division=0`. There, unlike with one class per row, averages
are over all classes: one that is neither true nor predicted anywhere has an F1 of 0 and counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Cells, Integers, Sums, all_labels, sums
from core.evaluation.metrics import Floats, f1_scores, share
from core.records import Scores, SetCounts

AVERAGES = ("micro avg", "macro avg", "weighted avg", "samples avg")
"""Under scikit-learn's names."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Classes of pairs of sets, one entry for each pair and class, sorted by both."""

    pair: Integers
    """(entries,)"""
    of_class: Integers
    """(entries,)"""

    def by_class(self, count: Integers, classes: int) -> Integers:
        """(classes,) rows of each class, where `count` (pairs,) are those of each pair."""
        return sums(self.of_class, count[self.pair], classes)

    def by_pair(self, pairs: int) -> Integers:
        """(pairs,) how many classes each has."""
        return np.bincount(self.pair, minlength=pairs)


@dataclass(frozen=True, slots=True)
class SetPairs:
    """Pairs of a true and a predicted set of classes, and how many rows have each: where sets repeat, far fewer than
    rows."""

    count: Integers
    """(pairs,) rows, all above 0."""
    hits: Entries
    """Classes of both sets."""
    missed: Entries
    """Classes of the true set alone."""
    added: Entries
    """Classes of the predicted set alone."""
    classes: int
    """k."""

    @property
    def rows(self) -> int:
        """Rows in all."""
        return int(self.count.sum())

    @property
    def wrong(self) -> Integers:
        """(pairs,) how many classes are wrong in each."""
        return self.missed.by_pair(len(self.count)) + self.added.by_pair(len(self.count))

    def sums(self, count: Integers | None = None) -> Sums:
        """By class; with `count` (pairs,) as if these were the rows."""
        rows = self.count if count is None else count
        hits, missed, added = (one.by_class(rows, self.classes) for one in (self.hits, self.missed, self.added))
        return Sums(hits, hits + missed, hits + added)


def set_pairs(counts: SetCounts, known: Sequence[str]) -> tuple[tuple[SetPairs, ...], tuple[str, ...]]:
    """The pairs of each prediction, all with the same `count`, and the classes: those `known` in their order, then
    those that occur besides."""
    held = counts.members
    labels = all_labels(known, held.names)
    index = {label: place for place, label in enumerate(labels)}
    of_class = np.array([index[name] for name in held.names], np.int64)[held.name]
    members = of_class[np.lexsort((of_class, held.number))]
    sizes = np.bincount(held.number, minlength=held.sets)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    true = _keys(counts.true, sizes, starts, members, len(labels))
    return tuple(
        _pairs(counts.count, true, _keys(predicted, sizes, starts, members, len(labels)), len(labels))
        for predicted in counts.predicted
    ), labels


def pairs_of(true: NDArray[np.generic], predicted: NDArray[np.generic], count: Integers | None = None) -> SetPairs:
    """n pairs of labels that are indicators (n, k) of 0 and 1: of one row each, or of as many as `count` (n,) says."""
    pairs, classes = true.shape
    keys = [np.flatnonzero(one.astype(np.bool_)).astype(np.int64) for one in (true, predicted)]
    return _pairs(np.ones(pairs, np.int64) if count is None else count, keys[0], keys[1], classes)


def subset_accuracy(found: SetPairs) -> float:
    """Share of rows whose set is predicted exactly. Of no rows at all, 0."""
    return float(exact(found) / max(1, found.rows))


def exact(found: SetPairs) -> int:
    """Rows whose set is predicted exactly."""
    return int(found.count[found.wrong == 0].sum())


def scores_by_pair(found: SetPairs) -> Floats:
    """(pairs, 3) precision, recall and F1 of each pair's rows. Where no class is true or predicted, 0."""
    pairs = len(found.count)
    hits = found.hits.by_pair(pairs)
    return _scores(hits, hits + found.missed.by_pair(pairs), hits + found.added.by_pair(pairs))


def hamming_loss(found: SetPairs) -> float:
    """Share of wrong answers, where each class of each row is a question of yes or no."""
    return float((found.wrong * found.count).sum() / max(1, found.rows * found.classes))


def micro_f1(found: Sums) -> float:
    """F1 of all classes' answers together. Where nothing is true or predicted, 0."""
    return float(2 * found.true_positives.sum() / max(1, found.support.sum() + found.predicted_count.sum()))


def macro_f1(found: Sums) -> float:
    """Mean F1 of all classes."""
    return float(f1_scores(found).mean())


def class_scores(found: Sums, labels: Sequence[str]) -> dict[str, Scores]:
    """Precision, recall, F1 and support (rows that have it) of every class."""
    hits = found.true_positives
    columns = (share(hits, found.predicted_count), share(hits, found.support), f1_scores(found), found.support)
    by_class = zip(labels, *(column.tolist() for column in columns), strict=True)
    return {label: Scores(*scores) for label, *scores in by_class}


def averages(found: SetPairs, classes: Mapping[str, Scores]) -> dict[str, Scores]:
    """The averages over answers, over classes, over classes by their support and over rows (`samples avg`). A row
    without a class, true or predicted, is 0 there. Support is that of all classes together."""
    table = np.array([(one.precision, one.recall, one.f1) for one in classes.values()]).reshape(-1, 3)
    support = np.array([one.support for one in classes.values()], np.float64)
    all_classes = found.sums()
    hits, true, predicted = (
        np.array(one.sum()) for one in (all_classes.true_positives, all_classes.support, all_classes.predicted_count)
    )
    columns = {
        "micro avg": _scores(hits, true, predicted),
        "macro avg": table.mean(axis=0),
        "weighted avg": share(support @ table, np.full(3, support.sum())),
        "samples avg": _of_rows(found),
    }
    listed = {name: scores.tolist() for name, scores in columns.items()}
    return {name: Scores(precision, recall, f1, int(true)) for name, (precision, recall, f1) in listed.items()}


def tables(found: Sums, rows: int) -> Integers:
    """(k, 2, 2) [[TN, FP], [FN, TP]] of each class, as scikit-learn's `multilabel_confusion_matrix` has it."""
    hits = found.true_positives
    missed, added = found.support - hits, found.predicted_count - hits
    return np.stack((rows - hits - missed - added, added, missed, hits), axis=1).reshape(-1, 2, 2)


def missed_and_added(found: SetPairs) -> Cells:
    """How many rows miss each class (by row) and wrongly have each other one added (by column)."""
    added = found.added.by_pair(len(found.count))
    starts = np.concatenate(([0], np.cumsum(added)[:-1]))
    # Each missed class goes with every added class of its pair, which lie together from `starts` on.
    partners = added[found.missed.pair]
    within = np.arange(partners.sum()) - np.repeat(np.cumsum(partners) - partners, partners)
    other = found.added.of_class[np.repeat(starts[found.missed.pair], partners) + within]
    keys = np.repeat(found.missed.of_class, partners) * found.classes + other
    cells, place = np.unique(keys, return_inverse=True)
    rows = sums(place, found.count[np.repeat(found.missed.pair, partners)], len(cells))
    return Cells(cells // found.classes, cells % found.classes, rows, found.classes)


def _of_rows(found: SetPairs) -> Floats:
    """(3,) mean precision, recall and F1 of the rows."""
    return share(found.count @ scores_by_pair(found), np.full(3, found.rows))


def _scores(hits: Integers, true: Integers, predicted: Integers) -> Floats:
    """(…, 3) precision, recall, F1."""
    return np.stack((share(hits, predicted), share(hits, true), share(2 * hits, true + predicted)), axis=-1)


def _keys(sets: Integers, sizes: Integers, starts: Integers, members: Integers, classes: int) -> Integers:
    """The classes of each pair's set as pair · classes + class, ascending."""
    own = sizes[sets]
    pair = np.repeat(np.arange(len(sets)), own)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(own) - own, own)
    return np.asarray(pair * classes + members[np.repeat(starts[sets], own) + within], np.int64)


def _pairs(count: Integers, true: Integers, predicted: Integers, classes: int) -> SetPairs:
    hit = _among(true, predicted)
    hits, missed, added = (
        Entries(keys // classes, keys % classes)
        for keys in (true[hit], true[~hit], predicted[~_among(predicted, true)])
    )
    return SetPairs(count, hits, missed, added, classes)


def _among(keys: Integers, others: Integers) -> NDArray[np.bool_]:
    """Whether each of the keys is one of the others; both ascend."""
    if not len(others):
        return np.zeros(len(keys), np.bool_)
    places = np.minimum(np.searchsorted(others, keys), len(others) - 1)
    return np.asarray(others[places] == keys)
