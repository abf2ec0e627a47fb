"""What a model that learns the split train says of the other rows: for the score of a test with leaks and without."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.heads.solve import solve
from core.jobs.rows import Rows
from core.targets.arrays import distinct, most_probable, numeric, same, unlabelled

TRAIN = "train"


def taught(
    embeddings: NDArray[np.float32], rows: Rows, splits: NDArray[np.object_], classes: int, seed: int
) -> NDArray[np.float64]:
    """(n,) whether a head on the embeddings of train says the label of each other row: 1 or 0; NaN of rows of train and
    rows without a label, and of all where train has fewer than two labels, or labels are numbers."""
    found = np.full(len(rows), np.nan)
    told = ~unlabelled(rows.labels)
    train, others = np.flatnonzero(told & (splits == TRAIN)), np.flatnonzero(told & (splits != TRAIN))
    if numeric(rows.labels) or not len(others) or len(distinct(rows.labels[train])[0]) < 2:
        return found
    digests = rows.payloads.digests[train]
    if len(np.unique(digests)) < 2:
        return found
    head = solve(np.ascontiguousarray(embeddings[train]), rows.labels[train], digests, classes, seed=seed)
    said, _ = most_probable(head.probabilities(embeddings[others]), rows.labels.ndim > 1)
    found[others] = same(rows.labels[others], said)
    return found
