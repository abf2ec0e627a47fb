"""Which type is taken for which, which entities are missed and which invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.confusion import Integers
from core.evaluation.spans.entities import Documents, Entities, Pairs, overlapping


@dataclass(frozen=True, slots=True)
class TypeConfusion:
    """True and predicted entities, each with the one that it belongs to."""

    matrix: Integers
    """(k + 1, k + 1) entities: the true type by row, the predicted one by column. The last column has those that are
    missed, the last row those that are invented."""
    boundaries: Integers
    """(k,) of those on the diagonal, whose start or stop differs."""
    pairs: Pairs
    """Which entities belong together, as places in the two lists."""


def type_confusion(true: Documents, predicted: Documents, types: Sequence[str]) -> TypeConfusion:
    """`types` must name every type that occurs."""
    return confusion_of(Entities.of(true, types), Entities.of(predicted, types), len(types))


def confusion_of(true: Entities, predicted: Entities, types: int) -> TypeConfusion:
    """Entities belong together that overlap, none with two others: those with the same boundaries first, then those
    that share most of their characters."""
    pairs = _belonging(true, predicted)
    matrix = np.zeros((types + 1, types + 1), np.int64)
    np.add.at(matrix, (true.type[pairs.true], predicted.type[pairs.predicted]), 1)
    matrix[:types, types] = np.bincount(np.delete(true.type, pairs.true), minlength=types)
    matrix[types, :types] = np.bincount(np.delete(predicted.type, pairs.predicted), minlength=types)
    left, right = true.take(pairs.true), predicted.take(pairs.predicted)
    shifted = (left.type == right.type) & (left.bounds != right.bounds).any(1)
    return TypeConfusion(matrix, np.bincount(left.type[shifted], minlength=types), pairs)


def _belonging(true: Entities, predicted: Entities) -> Pairs:
    pairs = overlapping(true, predicted)
    left, right = true.take(pairs.true), predicted.take(pairs.predicted)
    shared = np.minimum(left.stop, right.stop) - np.maximum(left.start, right.start)
    union = np.maximum(left.stop, right.stop) - np.minimum(left.start, right.start)
    # By intersection over union, the same type before another; pairs of whole entities come first with 1.
    order = np.lexsort((left.type != right.type, -shared / np.maximum(1, union)))
    of_true, of_predicted = np.zeros(len(true), bool), np.zeros(len(predicted), bool)
    kept = []
    for pair in order.tolist():
        one, other = pairs.true[pair], pairs.predicted[pair]
        if not of_true[one] and not of_predicted[other]:
            of_true[one] = of_predicted[other] = True
            kept.append(pair)
    return Pairs(pairs.true[kept], pairs.predicted[kept])
