"""Joins the predictions of several models of numbers into one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHARES = np.linspace(0, 1, 21)
"""Shares of a newer model in the blend that are compared."""


def blended(
    predicted: Sequence[NDArray[np.float64]], labels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[float]]:
    """The blend (n,) of out-of-sample predictions (n,), and the weight of each: one after the other is taken in by the
    share that errs least over the rows that have a number, of the absolute errors, which a few wrong labels hardly
    move."""
    told = np.isfinite(labels)
    blend, weights = predicted[0], [1.0]
    for newest in predicted[1:]:
        blends = [blend + share * (newest - blend) for share in SHARES]
        best = int(np.argmin([np.abs(labels - one)[told].mean() for one in blends]))
        share = float(SHARES[best])
        blend, weights = blends[best], [*((1 - share) * one for one in weights), share]
    return blend, weights
