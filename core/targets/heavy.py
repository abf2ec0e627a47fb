"""The heavy half of a target: how a model learns labels, and how its logits become probabilities. For jobs alone."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from torch import Tensor

from core.targets.contract import Target


class HeavyTarget(Protocol):
    """What the module that `Target.heavy` names has, by these names."""

    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """(b,) the loss of each example, of float32 logits (b, k) and labels (b, …) as jobs read them."""

    def probabilities(self, logits: Tensor) -> Tensor:
        """(b, k) float32."""


def heavy_target(target: Target) -> HeavyTarget:
    """The heavy half of a target."""
    return cast(HeavyTarget, import_module(target.heavy))
