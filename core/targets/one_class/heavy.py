"""One class per example, as a model learns and says it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from core.targets.contract import Labels


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """(b,) cross entropy in nats, of float32 logits (b, k) and class numbers (b,)."""
    return nn.functional.cross_entropy(logits, labels, reduction="none")


def probabilities(logits: Tensor) -> Tensor:
    """(b, k), rows of sum 1."""
    return logits.softmax(1)


def balanced(labels: Labels, classes: int) -> NDArray[np.float32]:
    """Weights (k,) with which all classes that occur count the same in sum: n / (classes present · own count)."""
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    weights = np.zeros(classes, np.float32)
    weights[present] = counts.sum() / (present.sum() * counts[present])
    return weights


def weights(labels: Labels, class_weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) that of the example's class."""
    return class_weights[labels]
