"""Labels that come to a set of classes: the array form of those whose text says which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

import numpy as np

from core.targets.contract import Labels
from core.targets.spelling import in_order


def all_classes(labels: Iterable[str], classes_of: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Of all labels together."""
    return in_order(set(chain.from_iterable(classes_of(label) for label in labels)))


def encode_sets(
    labels: Sequence[str | None], classes: Sequence[str], classes_of: Callable[[str], Iterable[str]]
) -> Labels:
    """(n, k) int8: which classes a row has; -1 where it has no label."""
    numbers = {name: number for number, name in enumerate(classes)}
    found = np.zeros((len(labels), len(classes)), np.int8)
    for row, label in enumerate(labels):
        if label is None:
            found[row] = -1
        else:
            found[row, [numbers[name] for name in classes_of(label)]] = 1
    return found


def decode_sets(labels: Labels, classes: Sequence[str], label_of: Callable[[Iterable[str]], str]) -> list[str | None]:
    """Texts, None for a row of -1."""
    names = np.asarray(classes, dtype=object)
    return [None if (row < 0).any() else label_of(names[row > 0]) for row in labels]
