"""Makes probabilities honest after the fact: one temperature per set of logits, one weight per encoder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from core.arrays.disk_backed import row_chunks
from core.heads.link import link_of
from core.targets import Labels
from core.targets.arrays import unlabelled

SAMPLE_CELLS = 1 << 24
"""Temperature and weights are found on a sample of so many probabilities at most."""


def sample_rows(rows: int, classes: int) -> NDArray[np.int64]:
    """Evenly spread rows, sorted: all of them where they are few."""
    size = min(rows, max(2_000, SAMPLE_CELLS // classes))
    return np.linspace(0, rows - 1, size).astype(np.int64)


def sample_labelled(labels: Labels, classes: int) -> NDArray[np.int64]:
    """The same of the rows that have a label."""
    rows = np.flatnonzero(~unlabelled(labels))
    return rows[sample_rows(len(rows), classes)]


def temperature(logits: NDArray[np.float32], labels: Labels) -> float:
    """The divisor of the logits (n, k) with the lowest log loss (Guo et al., On calibration of modern neural networks,
    2017)."""
    rows = sample_labelled(labels, logits.shape[1])
    loss = link_of(labels).losses(np.asarray(logits[rows], np.float32), labels[rows])
    return float(np.exp(minimize_scalar(loss, bounds=(-4, 3), method="bounded").x))


def calibrate(probabilities: NDArray[np.float32], labels: Labels) -> float:
    """Gives probabilities (n, k) one temperature, in place, and returns it."""
    link = link_of(labels)
    for rows in row_chunks(*probabilities.shape):
        probabilities[rows] = link.evidence(probabilities[rows])
    divisor = temperature(probabilities, labels)
    for rows in row_chunks(*probabilities.shape):
        probabilities[rows] = link.probabilities(np.asarray(probabilities[rows]), divisor)
    return divisor
