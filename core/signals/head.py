"""Fits many softmax heads in one batched optimisation: L-BFGS whose first guess of the Hessian is Böhning's bound.

All heads move together, each with its own step length; the same code runs on a CPU and on a GPU.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.signals.objective import Objective

MEMORY = 6
"""Pairs of steps and gradient changes that the Hessian is learnt from."""
TOLERANCE = 1e-4
"""A head is done once what it could still gain (half its Newton decrement) is below this share of its loss."""
MAX_STEPS = 100
ARMIJO, SHRINK, MAX_TRIALS = 1e-4, 0.4, 12


def fit(
    objective: Objective,
    start: Tensor | None = None,
    curvature: Tensor | None = None,
    on_step: Callable[[], None] = lambda: None,
) -> Tensor:
    """The heads (p, d+1, k) float32 that minimise the objective. `start` warms it up, `curvature` spares computing it.

    Preconditioned limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2006, algorithm 7.4) with
    backtracking under Armijo's condition, vectorised over the heads.
    """
    problems = objective.weights.shape[1]
    shape = (problems, objective.features.width, objective.classes)
    heads = torch.zeros(shape, device=objective.weights.device) if start is None else start
    bound = objective.curvature() if curvature is None else curvature
    history = _History(torch.linalg.cholesky(bound + torch.diag(objective.penalty[:, 0] + 1e-6)))
    loss, gradient = objective(heads)
    for _ in range(MAX_STEPS):
        direction = -history.inverse_hessian_times(gradient)
        slope = _dot(gradient, direction)
        done = slope > -2 * TOLERANCE * loss.abs()
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

    factor: Tensor
    """(p, d+1, d+1): Cholesky factor of the first guess of the Hessian."""
    pairs: list[tuple[Tensor, Tensor, Tensor]] = field(default_factory=list)
    """Step, change of the gradient, one over their product (0: not to be used)."""

    def inverse_hessian_times(self, gradient: Tensor) -> Tensor:
        product, used = gradient.clone(), []
        for step, change, inverse in reversed(self.pairs):
            share = inverse * _dot(step, product)
            used.append(share)
            product -= share.view(-1, 1, 1) * change
        product = torch.cholesky_solve(product, self.factor) * self._scale()
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
        stretched = _dot(change, torch.cholesky_solve(change, self.factor))
        scale = (_dot(step, change) / stretched.clamp_min(1e-20)).clamp(0.2, 20.0)
        return torch.where(inverse > 0, scale, 1.0).view(-1, 1, 1)


def _dot(left: Tensor, right: Tensor) -> Tensor:
    return (left * right).sum((1, 2))
