"""Spans as a model learns and says them: one tag for each token."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from core.targets.contract import Labels

IGNORED = -100
"""The tag of what is no first piece of a token: it has no loss."""


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """(b, t) cross entropy in nats of float32 logits (b, t, k) and tags (b, t); 0 where a tag is `IGNORED`."""
    return nn.functional.cross_entropy(logits.movedim(-1, 1), labels.long(), ignore_index=IGNORED, reduction="none")


def probabilities(logits: Tensor) -> Tensor:
    """The same shape, summing to 1 over the tags of a token."""
    return logits.softmax(-1)


def balanced(labels: Labels, classes: int) -> NDArray[np.float32]:
    """(k,) by the square root of how rare a tag is, so that O does not drown the rest; 1 where a tag is not there."""
    counts = np.bincount(labels[labels >= 0].ravel(), minlength=classes).astype(float)
    found = np.ones(classes)
    np.divide(counts.sum() / max(1, np.count_nonzero(counts)), counts, out=found, where=counts > 0)
    return np.sqrt(found).astype(np.float32)


def weights(labels: Labels, class_weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """In the shape of the tags: that of the tag, 0 where it is `IGNORED`."""
    return np.where(labels >= 0, class_weights[np.maximum(labels, 0)], np.float32(0))
