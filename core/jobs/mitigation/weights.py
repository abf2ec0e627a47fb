"""How much each row counts in what a model learns from. n rows; groups -1 is a row that takes no part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.jobs.mitigation.spec import Arm

Integers = NDArray[np.int64]
Weights = NDArray[np.float64]
NO_GROUP = -1


def weights(arm: Arm, labels: Integers, groups: Integers, seed: int) -> Weights:
    """(n,) of labels and groups (n,), with a mean of 1 but for what a draw leaves open."""
    if arm == "reweighed":
        return reweighed(labels, groups)
    if arm == "class_balanced":
        return class_balanced(labels)
    if arm == "resampled":
        return resampled(groups, np.random.default_rng(seed))
    return np.ones(len(labels))


def reweighed(labels: Integers, groups: Integers) -> Weights:
    """P(group)·P(label) / P(group, label) by the rows that take part, so that group and label are independent (Kamiran
    and Calders 2012, Knowl. Inf. Syst. 33:1, algorithm 3). Their sum is that of the rows."""
    part = groups != NO_GROUP
    found = np.ones(len(labels))
    group, label = groups[part], labels[part]
    if not len(group):
        return found
    counts = np.zeros((group.max() + 1, label.max() + 1))
    np.add.at(counts, (group, label), 1)
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / len(group)
    weight = (expected / np.maximum(counts, 1))[group, label]
    # Cells without a row leave a part of the sum out, where that is any.
    found[part] = weight * len(group) / weight.sum()
    return found


def class_balanced(labels: Integers) -> Weights:
    """n / (classes that occur · rows of the class), as scikit-learn's `balanced`."""
    counts = np.bincount(labels)
    return np.asarray(len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1)))[labels]


def resampled(groups: Integers, generator: np.random.Generator) -> Weights:
    """How often each row is drawn where every group gives the same number of rows, with replacement; as many in all as
    take part."""
    found = np.ones(len(groups))
    part = np.flatnonzero(groups != NO_GROUP)
    names = np.unique(groups[part])
    for place, name in enumerate(names):
        rows = part[groups[part] == name]
        size = len(part) // len(names) + (place < len(part) % len(names))
        found[rows] = np.bincount(generator.integers(len(rows), size=size), minlength=len(rows))
    return found
