"""Labels in their array form, whatever the target: which are the same, which are none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.targets.contract import Labels

LIKELY = 0.5
"""A class of several applies from this probability on."""


def most_probable(probabilities: NDArray[np.floating[Any]], several: bool) -> tuple[Labels, NDArray[np.floating[Any]]]:
    """The labels that (n, k) probabilities predict, in their array form, and (n,) how sure of each: of several classes
    as sure as of the least sure one."""
    if not several:
        return probabilities.argmax(1), probabilities.max(1)
    return (probabilities >= LIKELY).astype(np.int8), np.maximum(probabilities, 1 - probabilities).min(1)


def said_by(probabilities: NDArray[np.floating[Any]], labels: Labels) -> Labels:
    """What (n, k) probabilities, or (n, 1) numbers, say of rows with labels of this form."""
    if numeric(labels):
        return probabilities[:, 0].astype(labels.dtype)
    return most_probable(probabilities, labels.ndim > 1)[0]


def of_truth(probabilities: NDArray[Any], labels: Labels) -> NDArray[Any]:
    """What (n, k) probabilities give what is true: (n,) the row's class, or (n, k) each class or its absence."""
    if labels.ndim == 1:
        return np.asarray(np.take_along_axis(probabilities, labels[:, None], 1)[:, 0])
    return np.where(labels > 0, probabilities, 1 - probabilities)


def by_chance(probabilities: NDArray[Any], shares: NDArray[np.float64], several: bool) -> NDArray[np.float64]:
    """(n,) what (n, k) probabilities give, on average, labels that are drawn by the shares (k,) of the classes; of
    several the mean over the classes."""
    if not several:
        return np.asarray(probabilities @ shares)
    return np.asarray((probabilities * shares + (1 - probabilities) * (1 - shares)).mean(1))


def numeric(labels: Labels) -> bool:
    """Whether labels are numbers, not classes."""
    return bool(labels.dtype.kind == "f")


def same(labels: Labels, others: Labels) -> NDArray[np.bool_]:
    """(n,) whether two labels are the same, row by row."""
    equal = labels == others
    return np.asarray(equal if equal.ndim == 1 else equal.all(1))


def unlabelled(labels: Labels) -> NDArray[np.bool_]:
    """(n,) whether there is no label, row by row."""
    none = np.isnan(labels) if numeric(labels) else labels < 0
    return np.asarray(none if none.ndim == 1 else none.any(1))


def labelled(labels: Labels) -> NDArray[np.int64] | slice:
    """The rows that have a label (m,): a slice where all have one, so that what is taken by it is no copy."""
    none = unlabelled(labels)
    return np.flatnonzero(~none) if none.any() else slice(None)


def numbered(labels: Labels) -> NDArray[np.int64]:
    """(n,) a number per label, the same for the same one: class numbers as they are."""
    if labels.ndim == 1 and not numeric(labels):
        return labels.astype(np.int64, copy=False)
    return distinct(labels)[1]


def distinct(labels: Labels) -> tuple[Labels, NDArray[np.int64]]:
    """The labels that occur, each once, and (n,) the place of each row's among them."""
    if labels.ndim == 1:
        return np.unique(labels, return_inverse=True)
    # Rows as single values of so many bytes: sorted as such, many times faster than column by column.
    whole = np.ascontiguousarray(labels.astype(np.int8, copy=False)).view(f"V{labels.shape[1]}")[:, 0]
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    return labels[first], place


def class_pairs(labels: Labels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows and the classes of every class that a row has, both (pairs,), by row."""
    if labels.ndim == 1:
        rows = np.arange(len(labels))[labelled(labels)]
        return rows, labels[rows].astype(np.int64, copy=False)
    rows, classes = np.nonzero(labels > 0)
    return rows, classes


def where(chosen: NDArray[np.bool_], labels: Labels) -> Labels:
    """The labels of the rows that are chosen (n,), no label for the others."""
    none = np.asarray(np.nan if numeric(labels) else -1, labels.dtype)
    return np.where(chosen if labels.ndim == 1 else chosen[:, None], labels, none)
