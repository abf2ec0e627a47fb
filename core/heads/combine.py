"""Joins the probabilities of several encoders into one: a weighted product whose weights have the lowest
out-of-sample log loss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.arrays.disk_backed import empty, row_chunks
from core.evaluation.metrics import log_loss, of_truth
from core.heads.calibration import sample_rows, softmax

Probabilities = Sequence[NDArray[np.float32]]
"""Per encoder (n, k), out of sample."""
_FLOOR = np.finfo(np.float32).eps
"""What an encoder rules out counts as this in the product, so that it does not rule it out for all of them."""


def pool_exponents(probabilities: Probabilities, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """The exponents (m,), none negative, with which the encoders' probabilities enter the pool.

    p(class) ∝ Π_e p_e(class) ** exponent_e, a logarithmic opinion pool (Genest & Zidek, Combining probability
    distributions, 1986). Its log loss is convex in the exponents; their sum says how far the encoders' errors are
    independent: 1 where they say the same, up to their number where each brings evidence of its own.
    """
    rows = sample_rows(len(labels), probabilities[0].shape[1] * len(probabilities))
    logs = np.stack([_log(part[rows]) for part in probabilities])
    own = np.take_along_axis(logs, labels[rows][None, :, None], 2)[:, :, 0]

    def loss(exponents: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        pooled = softmax(np.tensordot(exponents.astype(np.float32), logs, 1), 1.0)
        gradient = np.einsum("nk,mnk->m", pooled, logs) / len(rows) - own.mean(1)
        return log_loss(of_truth(pooled, labels[rows])), gradient.astype(np.float64)

    start = np.full(len(logs), 1 / len(logs))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(logs))
    return np.asarray(found.x if found.x.sum() > 0 else start, np.float64)


def pool(
    probabilities: Probabilities, exponents: NDArray[np.float64], scratch: Path | None = None
) -> NDArray[np.float32]:
    """The pooled probabilities (n, k) float32."""
    pooled = empty((len(probabilities[0]), probabilities[0].shape[1]), scratch)
    for rows in row_chunks(*pooled.shape):
        logs = sum(np.float32(weight) * _log(part[rows]) for weight, part in zip(exponents, probabilities, strict=True))
        pooled[rows] = softmax(np.asarray(logs, np.float32), 1.0)
    return pooled


def _log(part: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.log(np.maximum(np.asarray(part, np.float32), _FLOOR))
