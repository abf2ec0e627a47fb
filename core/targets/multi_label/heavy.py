"""Any number of classes per example, as a model learns and says them: each class for itself."""

from __future__ import annotations

from torch import Tensor, nn


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """(b,) binary cross entropy in nats, mean over the classes, of float32 logits (b, k) and labels (b, k) of 0 and
    1."""
    found = nn.functional.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype), reduction="none")
    return found.mean(1)


def probabilities(logits: Tensor) -> Tensor:
    """(b, k), each in 0–1."""
    return logits.sigmoid()
