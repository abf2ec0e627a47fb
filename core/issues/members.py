"""Rows of groups of near-duplicates, and how alike they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def grouped(groups: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The rows of each group of more than one, ascending; `groups` (n,) is the position of each row's first."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) > 0]) if len(groups) else np.empty(0, np.int64)
    return [rows for rows in np.split(order, starts[1:]) if len(rows) > 1]


def cosines(embeddings: NDArray[np.float32], rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
    """(m,) in 0–1: what points away counts as having nothing in common."""
    found = np.empty(len(rows))
    for start in range(0, len(rows), 1 << 14):
        part = slice(start, start + (1 << 14))
        one, other = embeddings[rows[part]], embeddings[others[part]]
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        found[part] = (one * other).sum(1) / np.maximum(lengths, 1e-12)
    return found.clip(0, 1)
