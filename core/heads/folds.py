"""Which fold predicts which row: clusters stay whole, classes are spread evenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def assign_folds(labels: NDArray[np.int64], clusters: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold (0 … folds-1) of each row, shape (n,).

    Rows of one cluster share a fold. Within each class the clusters, shuffled, are assigned by their share of the
    class's rows, so that each fold gets its part of every class; the starting fold is drawn per class, so that the
    classes' remainders do not pile up in one fold.
    """
    generator = np.random.default_rng(seed)
    _, first, cluster, size = np.unique(clusters, return_index=True, return_inverse=True, return_counts=True)
    home = labels[first]
    """A cluster counts for the class of its first row: one with several labels must go somewhere."""
    order = np.lexsort((generator.random(len(home)), home))
    sizes, homes = size[order], home[order]
    ends = np.cumsum(sizes)
    starts = np.flatnonzero(np.r_[True, homes[1:] != homes[:-1]])
    counts = np.diff(np.r_[starts, len(homes)])
    before = np.repeat(ends[starts] - sizes[starts], counts)
    total = np.repeat(np.add.reduceat(sizes, starts), counts)
    position = (ends - before - sizes / 2) / total
    offset = np.repeat(generator.integers(folds, size=len(starts)), counts)
    assigned = np.empty(len(home), np.int64)
    assigned[order] = (np.minimum((position * folds).astype(np.int64), folds - 1) + offset) % folds
    return assigned[cluster]


def unseen_rows(labels: NDArray[np.int64], folds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows whose class occurs in no other fold than their own, shape (n,): the model that judges them has never seen
    their label, so it cannot say anything about it. Nor of a row without one (-1)."""
    pairs = np.unique(np.stack([labels, folds])[:, labels >= 0], axis=1)
    seen_in = np.bincount(pairs[0], minlength=int(labels.max()) + 1)
    return np.asarray((labels < 0) | (seen_in[labels] < 2))
