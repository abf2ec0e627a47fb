"""Figures from a confusion matrix, equal to those of scikit-learn's `classification_report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Cells, Integers
from core.records import Scores

Floats = NDArray[np.float64]


def share(part: NDArray[np.int64] | Floats, whole: NDArray[np.int64] | Floats) -> Floats:
    """`part` / `whole`, 0 where there is nothing to divide by, as scikit-learn has it by default."""
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0)


def f1_scores(right: Integers, support: Integers, named: Integers) -> Floats:
    """(k,) F1: 2·right / (support + named)."""
    return share(2 * right, support + named)


def mean_of_occurring(scores: Floats, support: Integers, named: Integers) -> float:
    """Mean over the classes that occur as true or as predicted; the score of any other is 0."""
    return float(scores.sum() / max(1, np.count_nonzero(support + named)))


def accuracy(matrix: Cells) -> float:
    """Share of rows predicted right. Of no rows at all, 0."""
    return float(matrix.right.sum() / max(1, matrix.rows))


def class_scores(matrix: Cells, labels: Sequence[str]) -> dict[str, Scores]:
    """Precision, recall, F1 and support of every class that occurs as true or as predicted, by `labels`' order."""
    right, support, named = matrix.right, matrix.support, matrix.named
    columns = (share(right, named), share(right, support), f1_scores(right, support, named), support)
    by_class = zip(labels, *(column.tolist() for column in columns), strict=True)
    occurring = (support + named > 0).tolist()
    return {label: Scores(*scores) for (label, *scores), occurs in zip(by_class, occurring, strict=True) if occurs}


def averages(classes: Mapping[str, Scores], matrix: Cells) -> dict[str, Scores]:
    """The micro, macro and weighted averages over the classes that occur, under scikit-learn's names."""
    table = np.array([(one.precision, one.recall, one.f1) for one in classes.values()]).reshape(-1, 3)
    support = np.array([one.support for one in classes.values()], np.float64)
    right = accuracy(matrix)
    macro = table.mean(axis=0) if len(table) else np.zeros(3)
    weighted = share(support @ table, np.full(3, support.sum()))
    return {
        "micro avg": Scores(right, right, right, matrix.rows),
        "macro avg": _scores(macro, matrix.rows),
        "weighted avg": _scores(weighted, matrix.rows),
    }


def log_loss(probability_of_truth: NDArray[np.float32]) -> float:
    """Mean of −ln p over the rows, in nats; p is kept off 0 and 1 by its type's precision, as scikit-learn does."""
    precision = np.finfo(probability_of_truth.dtype).eps
    kept = np.clip(probability_of_truth, precision, 1 - precision)
    return float(-np.log(kept.astype(np.float64)).mean())


def report(accuracy_: float, classes: Mapping[str, Scores], average: Mapping[str, Scores]) -> dict[str, object]:
    """The figures as `classification_report(output_dict=True)` names them, with the micro average too.

    Classes and averages stand apart: a class may be called `accuracy` or `macro avg`.
    """
    return {
        "classes": {name: _as_named(scores) for name, scores in classes.items()},
        "accuracy": accuracy_,
        "averages": {name: _as_named(scores) for name, scores in average.items()},
    }


def _scores(figures: Floats, support: int) -> Scores:
    precision, recall, f1 = figures.tolist()
    return Scores(precision, recall, f1, support)


def _as_named(scores: Scores) -> dict[str, float]:
    return {
        "precision": scores.precision,
        "recall": scores.recall,
        "f1-score": scores.f1,
        "support": scores.support,
    }
