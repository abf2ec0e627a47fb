"""Principal components: the two directions in which embeddings differ most, from the shards as they lie on disk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays.cosines import Held
from core.progress import Report

FITTED = 200_000
"""Of more contents every k-th says which directions these are: a second instead of ten for a million, and the same to
three digits."""
SIDE = 1_000.0
"""The longer side of the map that the places of the fitted contents fill."""


@dataclass(frozen=True, slots=True)
class Axes:
    """From an embedding (d,) to its place: `(embedding - mean) @ directions * scale + shift`."""

    mean: NDArray[np.float64]
    """(d,)"""
    directions: NDArray[np.float64]
    """(d, 2), the one that tells most first. Their signs are such that their largest entry is positive."""
    scale: float
    shift: NDArray[np.float64]
    """(2,)"""
    explained: tuple[float, float]
    """The share of the variance, in 0–1, that each of them has."""

    def placed(self, held: Held, report: Report) -> NDArray[np.float32]:
        """The places (n, 2) of n contents; NaN where there is no embedding."""
        return (_projected(held, self.mean, self.directions, report) * self.scale + self.shift).astype(np.float32)


def fit(held: Held, report: Report) -> tuple[Axes, NDArray[np.float32]]:
    """The axes of the contents that have an embedding, of which there is one at least, and their places (n, 2). The
    same contents in the same order give the same axes."""
    count, total, products = 0, np.zeros(1), np.zeros((1, 1))
    about: NDArray[np.float32] | None = None
    for vectors, _ in held.blocks(max(1, -(-held.covered // FITTED))):
        if about is None:
            about = vectors[0].copy()  # sums of squares far from zero would lose their last digits
        away = vectors - about
        total = total + away.sum(0, dtype=np.float64)
        products = products + (away.T @ away).astype(np.float64)
        count += len(away)
        report(count, None)
    if about is None:
        raise ValueError("None of the contents has an embedding.")
    middle = np.asarray(total / count, np.float64)
    variances, vectors_of = np.linalg.eigh(np.asarray(products / count, np.float64) - np.outer(middle, middle))
    variances = variances.clip(0)[::-1]
    directions = np.zeros((len(middle), 2))
    directions[:, : len(middle)] = vectors_of[:, ::-1][:, :2]
    largest = directions[np.abs(directions).argmax(0), [0, 1]]
    directions *= np.where(largest < 0, -1.0, 1.0)
    whole = max(float(variances.sum()), 1e-30)
    first, second = [*(variances[:2] / whole).tolist(), 0.0][:2]
    mean = middle + about
    places = _projected(held, mean, directions, report)
    low, high = np.nanmin(places, 0), np.nanmax(places, 0)
    scale = SIDE / max(float((high - low).max()), 1e-12)
    axes = Axes(mean, directions, scale, np.asarray(-low * scale, np.float64), (first, second))
    return axes, (places * scale + axes.shift).astype(np.float32)


def _projected(
    held: Held, mean: NDArray[np.float64], directions: NDArray[np.float64], report: Report
) -> NDArray[np.float64]:
    """(n, 2), NaN where there is no embedding."""
    placed, done = np.full((held.count, 2), np.nan), 0
    narrow, origin = directions.astype(np.float32), mean @ directions
    for vectors, target in held.blocks():
        placed[target] = vectors @ narrow - origin
        done += len(target)
        report(done, held.count)
    return placed
