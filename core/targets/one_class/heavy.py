"""One class per example, as a model learns and says it."""

from __future__ import annotations

from torch import Tensor, nn


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """(b,) cross entropy in nats, of float32 logits (b, k) and class numbers (b,)."""
    return nn.functional.cross_entropy(logits, labels, reduction="none")


def probabilities(logits: Tensor) -> Tensor:
    """(b, k), rows of sum 1."""
    return logits.softmax(1)
