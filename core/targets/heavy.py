"""The heavy half of a target: how a model learns labels, and how its logits become probabilities. For jobs alone."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from core.targets.contract import Labels, Target


class HeavyTarget(Protocol):
    """What the module that `Target.heavy` names has, by these names."""

    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss of each answer, in the shape of the labels as jobs read them, of float32 logits (b, k). An example's
        is the mean of its answers'."""

    def balanced(self, labels: Labels, classes: int) -> NDArray[np.float32]:
        """(k,) weights of the classes with which rare ones count more."""

    def weights(self, labels: Labels, class_weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """How much each answer counts under weights of the classes (k,), in the shape of the labels."""

    def probabilities(self, logits: Tensor) -> Tensor:
        """(b, k) float32."""


def heavy_target(target: Target) -> HeavyTarget:
    """The heavy half of a target."""
    return cast(HeavyTarget, import_module(target.heavy))
