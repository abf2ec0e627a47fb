"""Any number of classes per example, as a model learns and says them: each class for itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from core.targets.contract import Labels

MOST_WEIGHT = 32
"""However rare a class: one example that has it then counts as much as a batch of the usual size that does not. Beyond
that a single one would be all that a step learns."""


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """(b, k) binary cross entropy in nats, of float32 logits (b, k) and labels (b, k) of 0 and 1."""
    return nn.functional.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype), reduction="none")


def probabilities(logits: Tensor) -> Tensor:
    """(b, k), each in 0–1."""
    return logits.sigmoid()


def balanced(labels: Labels, classes: int) -> NDArray[np.float32]:
    """(k,) rows without a class over rows with it, at most `MOST_WEIGHT` and at least one over it, so that having it
    and not having it count the same in sum; 1 where all rows are alike."""
    having = (labels > 0).sum(0)
    lacking = len(labels) - having
    ratio = np.ones(classes)
    np.divide(lacking, having, out=ratio, where=(having > 0) & (lacking > 0))
    return np.clip(ratio, 1 / MOST_WEIGHT, MOST_WEIGHT).astype(np.float32)


def weights(labels: Labels, class_weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, k) that of the class where the example has it, else 1: `pos_weight` of PyTorch's loss."""
    return np.where(labels > 0, class_weights, np.float32(1))
