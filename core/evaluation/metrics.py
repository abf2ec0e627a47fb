"""The scores, each in one place for Scan, Train and Evaluate: accuracy, F1 and log loss, equal to scikit-learn's.

Averages are over the classes that occur as true or as predicted: one that is absent from a split weighs nothing, and
what has nothing to divide by is 0 (`zero_division=0`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Cells, Integers, Sums
from core.records import Scores

Floats = NDArray[np.float64]
Probabilities = NDArray[np.floating]


def share(part: NDArray[np.int64] | Floats, whole: NDArray[np.int64] | Floats) -> Floats:
    """`part` / `whole`, 0 where there is nothing to divide by, as scikit-learn has it by default."""
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0)


def occurring(found: Sums) -> NDArray[np.bool_]:
    """(k,) whether a class occurs as true or as predicted."""
    return np.asarray(found.support + found.predicted_count > 0)


def accuracy(found: Sums) -> float:
    """Share of rows predicted right. Of no rows at all, 0."""
    return float(found.true_positives.sum() / max(1, found.support.sum()))


def f1_scores(found: Sums) -> Floats:
    """(k,) F1: 2·right / (support + predicted)."""
    return share(2 * found.true_positives, found.support + found.predicted_count)


def macro_f1(found: Sums) -> float:
    """Mean F1 of the classes that occur. Of no rows at all, 0."""
    return float(f1_scores(found).sum() / max(1, np.count_nonzero(occurring(found))))


def figures(found: Sums) -> Floats:
    """(2 + k,) accuracy, macro F1, F1 by class."""
    return np.concatenate(([accuracy(found), macro_f1(found)], f1_scores(found)))


def class_scores(matrix: Cells, labels: Sequence[str]) -> dict[str, Scores]:
    """Precision, recall, F1 and support of every class that occurs as true or as predicted, by `labels`' order."""
    found = matrix.sums()
    precision, recall = share(found.true_positives, found.predicted_count), share(found.true_positives, found.support)
    columns = (precision, recall, f1_scores(found), found.support)
    by_class = zip(labels, *(column.tolist() for column in columns), strict=True)
    occurs = occurring(found).tolist()
    return {label: Scores(*scores) for (label, *scores), here in zip(by_class, occurs, strict=True) if here}


def averages(classes: Mapping[str, Scores], matrix: Cells) -> dict[str, Scores]:
    """The micro, macro and weighted averages over the classes that occur, under scikit-learn's names."""
    table = np.array([(one.precision, one.recall, one.f1) for one in classes.values()]).reshape(-1, 3)
    support = np.array([one.support for one in classes.values()], np.float64)
    right = accuracy(matrix.sums())
    macro = table.mean(axis=0) if len(table) else np.zeros(3)
    weighted = share(support @ table, np.full(3, support.sum()))
    return {
        "micro avg": Scores(right, right, right, matrix.rows),
        "macro avg": _scores(macro, matrix.rows),
        "weighted avg": _scores(weighted, matrix.rows),
    }


def of_truth(probabilities: Probabilities, true: Integers) -> Probabilities:
    """(n,) what (n, k) probabilities give each row's true class, of which `true` (n,) are the indices."""
    return np.asarray(np.take_along_axis(probabilities, true[:, None], 1)[:, 0])


def log_losses(probability_of_truth: Probabilities) -> Floats:
    """(n,) −ln p of each row, in nats; p (n,) is kept off 0 and 1 by its type's precision, as scikit-learn does."""
    precision = np.finfo(probability_of_truth.dtype).eps
    kept = np.clip(probability_of_truth, precision, 1 - precision)
    return np.asarray(-np.log(kept.astype(np.float64)))


def log_loss(probability_of_truth: Probabilities) -> float:
    """Mean of `log_losses` over the rows."""
    return float(log_losses(probability_of_truth).mean())


def binary_log_losses(probabilities: Probabilities, applies: NDArray[np.generic]) -> Floats:
    """`log_losses` where each class is a question of its own, answered by yes or no: the binary cross entropy of
    `probabilities`, in nats, of which `applies`, of the same shape, says what is true (0 or 1)."""
    return log_losses(np.where(applies.astype(np.bool_), probabilities, 1 - probabilities))


def report(accuracy_: float, classes: Mapping[str, Scores], average: Mapping[str, Scores]) -> dict[str, object]:
    """The figures as `classification_report(output_dict=True)` names them, with the micro average too.

    Classes and averages stand apart: a class may be called `accuracy` or `macro avg`.
    """
    return {
        "classes": {name: _as_named(scores) for name, scores in classes.items()},
        "accuracy": accuracy_,
        "averages": {name: _as_named(scores) for name, scores in average.items()},
    }


def _scores(means: Floats, support: int) -> Scores:
    precision, recall, f1 = means.tolist()
    return Scores(precision, recall, f1, support)


def _as_named(scores: Scores) -> dict[str, float]:
    return {
        "precision": scores.precision,
        "recall": scores.recall,
        "f1-score": scores.f1,
        "support": scores.support,
    }
