"""How sure a share of rows is, right at its ends too: where two rows of two are right, half of all may be wrong."""

from __future__ import annotations

from math import atan, cos, pi, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]] | NDArray[np.floating[Any]]
Floats = NDArray[np.float64]

Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def wilson(successes: Numbers, trials: Numbers) -> tuple[Floats, Floats]:
    """The 95 % interval of each share `successes / trials` (Wilson 1927), arrays of one shape that broadcast.

    Returns low and high, float64; without trials nothing is known: 0 and 1.
    """
    k, n = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64))
    safe = np.maximum(n, 1)
    share = k / safe
    spread = Z95 * np.sqrt(share * (1 - share) / safe + Z95**2 / (4 * safe**2))
    middle = share + Z95**2 / (2 * safe)
    scale = 1 + Z95**2 / safe
    low = np.where(n > 0, np.where(k <= 0, 0.0, (middle - spread) / scale), 0.0)
    high = np.where(n > 0, np.where(k >= n, 1.0, (middle + spread) / scale), 1.0)
    return low, high


def student_above(t: float, degrees: int) -> float:
    """How probable it is that Student's t of so many degrees of freedom is above `t` ≥ 0: the finite sums for whole
    degrees (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(degrees))
    odd = degrees % 2
    term = total = cos(angle) if odd else 1.0
    for place in range(2 + odd, degrees - 1, 2):
        term *= (place - 1) / place * cos(angle) ** 2
        total += term
    within = 2 / pi * (angle + sin(angle) * total * (degrees > 1)) if odd else sin(angle) * total
    return (1 - within) / 2


def unseen(trials: Numbers) -> Floats:
    """How large a share may be of which none of the `trials` has shown any: the upper end of `wilson` of 0."""
    return wilson(np.zeros_like(trials), trials)[1]
