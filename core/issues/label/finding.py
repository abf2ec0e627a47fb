"""What is found out about wrong labels: of every row, and of the dataset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Estimate


@dataclass(frozen=True, slots=True)
class ClassShares:
    """The share of wrong labels among the rows that carry each of k classes; NaN where it cannot be told. Weighted by
    the classes' judged rows they are the share of the whole."""

    estimates: NDArray[np.float64]
    """(k,) in 0–1."""
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    """(k,) ends of the intervals at 95 %."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What the worst rows hold, by how many of them are taken; m lengths of the list."""

    lengths: NDArray[np.int64]
    """(m,) rows, ascending."""
    wrong: NDArray[np.float64]
    """(m,) expected wrong labels among them."""
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    """(m,) the same if as few or as many labels are wrong in all as the ends of the share say."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Wrong labels of n rows and k classes."""

    score: NDArray[np.float64]
    """(n,) label quality in 0–1: low is worse."""
    is_issue: NDArray[np.bool_]
    """(n,)"""
    suggested: NDArray[np.int64]
    """(n,) the most probable class; for flagged rows the most probable one that is not given."""
    thresholds: NDArray[np.float64]
    """(k,) mean probability of a class over the rows that carry it; NaN for a class without judged rows."""
    class_shares: ClassShares
    joint: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    """Given class, true class and estimated rows of every cell that is not empty."""
    share_wrong: Estimate
    untold: str | None
    """Why the share cannot be told, as a sentence: then it and the curve are only what is possible."""
    curve: Curve
    notes: tuple[str, ...] = ()
    settled: NDArray[np.bool_] | None = None
    """(n,) rows whose label a person has confirmed; None: there are none."""
