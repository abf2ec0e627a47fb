"""Joins the probabilities of several encoders into one: a weighted product whose weights have the lowest
out-of-sample log loss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.arrays.disk_backed import empty, row_chunks
from core.heads.calibration import sample_labelled
from core.heads.link import SOFTMAX, Link, link_of, log_loss
from core.targets import Labels

Probabilities = Sequence[NDArray[np.float32]]
"""Per encoder (n, k), out of sample."""


def pool_exponents(probabilities: Probabilities, labels: Labels) -> NDArray[np.float64]:
    """The exponents (m,), none negative, with which the encoders' probabilities enter the pool.

    p(class) ∝ Π_e p_e(class) ** exponent_e, a logarithmic opinion pool (Genest & Zidek, Combining probability
    distributions, 1986); where a row may have several classes, a pool of each class and its absence. Its log loss is
    convex in the exponents; their sum says how far the encoders' errors are independent: 1 where they say the same, up
    to their number where each brings evidence of its own.
    """
    link, classes = link_of(labels), probabilities[0].shape[1]
    rows = sample_labelled(labels, classes * len(probabilities))
    logs, given = np.stack([link.evidence(part[rows]) for part in probabilities]), labels[rows]
    own = link.pull(logs, given)

    def loss(exponents: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        pooled = link.probabilities(np.tensordot(exponents.astype(np.float32), logs, 1), 1.0)
        gradient = np.einsum("nk,mnk->m", pooled, logs) / len(rows) - own
        return log_loss(pooled, given), gradient.astype(np.float64) / link.terms(classes)

    start = np.full(len(logs), 1 / len(logs))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(logs))
    return np.asarray(found.x if found.x.sum() > 0 else start, np.float64)


def pool(
    probabilities: Probabilities, exponents: NDArray[np.float64], scratch: Path | None = None, link: Link = SOFTMAX
) -> NDArray[np.float32]:
    """The pooled probabilities (n, k) float32."""
    pooled = empty((len(probabilities[0]), probabilities[0].shape[1]), scratch)
    for rows in row_chunks(*pooled.shape):
        weighted = zip(exponents, probabilities, strict=True)
        logs = sum(np.float32(weight) * link.evidence(part[rows]) for weight, part in weighted)
        pooled[rows] = link.probabilities(np.asarray(logs, np.float32), 1.0)
    return pooled
