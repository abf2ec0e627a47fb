"""Labels in their array form, whatever the target: which are the same, which are none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.targets.contract import Labels


def same(labels: Labels, others: Labels) -> NDArray[np.bool_]:
    """(n,) whether two labels are the same, row by row."""
    equal = labels == others
    return np.asarray(equal if equal.ndim == 1 else equal.all(1))


def numbered(labels: Labels) -> NDArray[np.int64]:
    """(n,) a number per label, the same for the same one: class numbers as they are."""
    return labels.astype(np.int64, copy=False) if labels.ndim == 1 else distinct(labels)[1]


def distinct(labels: Labels) -> tuple[Labels, NDArray[np.int64]]:
    """The labels that occur, each once, and (n,) the place of each row's among them."""
    if labels.ndim == 1:
        return np.unique(labels, return_inverse=True)
    # Rows as single values of so many bytes: sorted as such, many times faster than column by column.
    whole = np.ascontiguousarray(labels.astype(np.int8, copy=False)).view(f"V{labels.shape[1]}")[:, 0]
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    return labels[first], place


def where(chosen: NDArray[np.bool_], labels: Labels) -> Labels:
    """The labels of the rows that are chosen (n,), no label for the others."""
    return np.where(chosen if labels.ndim == 1 else chosen[:, None], labels, np.asarray(-1, labels.dtype))
