"""Fits many softmax heads in one batched optimisation: L-BFGS, preconditioned by a bound on the Hessian.

All heads move together, each with its own step length; the same code runs on a CPU and on a GPU.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.signals.objective import Features, Objective

MEMORY = 8
"""Pairs of steps and gradient changes that the Hessian is learnt from."""
MAX_STEPS = 100
ARMIJO, SHRINK, MAX_TRIALS = 1e-4, 0.4, 12


@dataclass(frozen=True, slots=True)
class Curvature:
    """Half the second moment of the features by its eigenvectors. It bounds the Hessian of the softmax loss from above
    for every class and any weights that sum to 1 (Böhning, Multinomial logistic regression algorithm, 1992)."""

    directions: Tensor
    """(d+1, d+1), eigenvectors in columns."""
    bounds: Tensor
    """(d+1,)"""

    @staticmethod
    def of(features: Features) -> Curvature:
        values, vectors = torch.linalg.eigh(features.second_moment())
        return Curvature(vectors, 0.5 * values.clamp_min(0))

    def solve(self, gradients: Tensor, l2: float) -> Tensor:
        """(bound + l2)⁻¹ times gradients (p, d+1, k)."""
        inside = self.directions.T @ gradients / (self.bounds + l2 + 1e-7).view(1, -1, 1)
        return self.directions @ inside


def fit(
    objective: Objective,
    curvature: Curvature,
    start: Tensor | None = None,
    *,
    tolerance: float,
    on_step: Callable[[], None] = lambda: None,
) -> Tensor:
    """The heads (p, d+1, k) float32 that minimise the objective, from 0 or from `start`.

    A head is done once what it could still gain, half its Newton decrement, is below `tolerance` times its loss.
    Preconditioned limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2006, algorithm 7.4) with
    backtracking under Armijo's condition, vectorised over the heads.
    """
    shape = (objective.weights.shape[1], objective.features.width, objective.classes)
    heads = torch.zeros(shape, device=objective.weights.device) if start is None else start
    history = _History(curvature, objective.l2)
    loss, gradient = objective(heads)
    for _ in range(MAX_STEPS):
        direction = -history.inverse_hessian_times(gradient)
        slope = _dot(gradient, direction)
        done = slope > -2 * tolerance * loss.abs()
        if bool(done.all()):
            break
        moved, new_loss, new_gradient = _search(objective, heads, direction, loss, slope, done)
        history.learn(moved - heads, new_gradient - gradient)
        heads, loss, gradient = moved, new_loss, new_gradient
        on_step()
    return heads


def _search(
    objective: Objective, heads: Tensor, direction: Tensor, loss: Tensor, slope: Tensor, done: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The next heads with their loss and gradient; heads that are done stay where they are."""
    step = torch.where(done, 0.0, 1.0)
    for _ in range(MAX_TRIALS):
        moved = heads + step.view(-1, 1, 1) * direction
        new_loss, gradient = objective(moved)
        too_far = ~(new_loss <= loss + ARMIJO * step * slope + 1e-6 * loss.abs()) & (step > 0)
        if not bool(too_far.any()):
            break
        step = torch.where(too_far, step * SHRINK, step)
    return moved, new_loss, gradient


@dataclass(slots=True)
class _History:
    """What the steps so far tell about the inverse Hessian."""

    curvature: Curvature
    l2: float
    pairs: list[tuple[Tensor, Tensor, Tensor]] = field(default_factory=list)
    """Step, change of the gradient, one over their product (0: not to be used)."""

    def inverse_hessian_times(self, gradient: Tensor) -> Tensor:
        product, used = gradient.clone(), []
        for step, change, inverse in reversed(self.pairs):
            share = inverse * _dot(step, product)
            used.append(share)
            product -= share.view(-1, 1, 1) * change
        product = self.curvature.solve(product, self.l2) * self._scale()
        for (step, change, inverse), share in zip(self.pairs, reversed(used), strict=True):
            product += (share - inverse * _dot(change, product)).view(-1, 1, 1) * step
        return product

    def learn(self, step: Tensor, change: Tensor) -> None:
        product = _dot(step, change)
        inverse = torch.where(product > 1e-12, 1 / product.clamp_min(1e-12), 0.0)
        self.pairs = [*self.pairs[-(MEMORY - 1) :], (step, change, inverse)]

    def _scale(self) -> Tensor | float:
        """How much larger the inverse Hessian is than its bound, along the newest step."""
        if not self.pairs:
            return 1.0
        step, change, inverse = self.pairs[-1]
        stretched = _dot(change, self.curvature.solve(change, self.l2))
        scale = (_dot(step, change) / stretched.clamp_min(1e-20)).clamp(0.1, 10.0)
        return torch.where(inverse > 0, scale, 1.0).view(-1, 1, 1)


def _dot(left: Tensor, right: Tensor) -> Tensor:
    return (left * right).sum((1, 2))
