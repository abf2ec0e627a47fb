"""Makes probabilities honest after the fact: one temperature per set of logits, one weight per encoder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

SAMPLE_CELLS = 1 << 24
"""Temperature and weights are found on a sample of so many probabilities at most."""


def sample_rows(rows: int, classes: int) -> NDArray[np.int64]:
    """Evenly spread rows, sorted: all of them where they are few."""
    size = min(rows, max(2_000, SAMPLE_CELLS // classes))
    return np.linspace(0, rows - 1, size).astype(np.int64)


def temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The divisor of the logits (n, k) with the lowest log loss (Guo et al., On calibration of modern neural networks,
    2017)."""
    rows = sample_rows(*logits.shape)
    part, given = np.asarray(logits[rows], np.float32), labels[rows]
    part = part - part.max(1, keepdims=True)
    own = np.take_along_axis(part, given[:, None], 1)[:, 0]

    def loss(log_temperature: float) -> float:
        scaled = np.exp(part / np.float32(np.exp(log_temperature)))
        return float(np.mean(np.log(scaled.sum(1)) - own / np.exp(log_temperature)))

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 3), method="bounded").x))


def softmax(logits: NDArray[np.float32], divisor: float) -> NDArray[np.float32]:
    """Probabilities (n, k) of the logits over the temperature."""
    scaled = logits / np.float32(divisor)
    scaled -= scaled.max(1, keepdims=True)
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum(1, keepdims=True)
    return np.asarray(scaled, np.float32)
