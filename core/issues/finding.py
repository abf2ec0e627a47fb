"""What an issue type gets and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of n rows and k classes."""

    labels: NDArray[np.int64]
    """(n,) given labels, 0 … k-1."""
    probabilities: Probabilities
    """(n, k) out-of-sample probabilities; may be a view of a file."""
    judged: NDArray[np.bool_]
    """(n,) False where the model that judged the row has never seen its label."""


@dataclass(frozen=True, slots=True)
class Share:
    """An estimated share in 0–1 with its interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What an issue type says of every row, and of the dataset."""

    score: NDArray[np.float64]
    """(n,) label quality in 0–1: low is worse."""
    is_issue: NDArray[np.bool_]
    """(n,)"""
    suggested: NDArray[np.int64]
    """(n,) the most probable class; for flagged rows the most probable one that is not given."""
    thresholds: NDArray[np.float64]
    """(k,) mean probability of a class over the rows that carry it; NaN for a class without judged rows."""
    noise: NDArray[np.float64]
    """(k,) estimated share of wrong labels among the rows that carry a class; NaN where there are too few to say."""
    joint: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    """Given class, true class and estimated rows of every cell that is not empty."""
    share_wrong: Share
    notes: tuple[str, ...] = ()
