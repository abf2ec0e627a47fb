"""Fits many heads in one batched optimisation: L-BFGS in coordinates in which the loss is about equally curved
in every direction.

All heads move together, each with its own step length; the same code runs on a CPU and on a GPU.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.heads.link import SOFTMAX, Link
from core.heads.objective import Features, Objective

MEMORY = 8
"""Pairs of steps and gradient changes that the Hessian is learnt from."""
MAX_STEPS = 100
ARMIJO, SHRINK, MAX_TRIALS = 1e-4, 0.4, 12


@dataclass(frozen=True, slots=True)
class Curvature:
    """The second moment of the features, as much of it as bounds the Hessian of the loss from above for every class."""

    bound: Tensor
    """(d+1, d+1) float64"""

    @staticmethod
    def of(features: Features, link: Link = SOFTMAX) -> Curvature:
        return Curvature(link.bound * features.second_moment().double())

    def whitening(self, l2: float) -> tuple[Tensor, Tensor]:
        """B and its inverse, (d+1, d+1) float32: heads B·w of coordinates w see the bound with the penalty as 1."""
        identity = torch.eye(len(self.bound), dtype=torch.float64, device=self.bound.device)
        factor = torch.linalg.cholesky(self.bound + (l2 + 1e-7) * identity)
        inverse = torch.linalg.solve_triangular(factor, identity, upper=False)
        return inverse.T.float().contiguous(), factor.T.float().contiguous()


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
    basis, inverse = curvature.whitening(objective.l2)

    def slope_at(point: Tensor) -> tuple[Tensor, Tensor]:
        loss, gradient = objective(_times(basis, point))
        return loss, _times(basis.T, gradient).contiguous()

    point = torch.zeros(shape, device=basis.device) if start is None else _times(inverse, start).contiguous()
    history = _History()
    loss, gradient = slope_at(point)
    for _ in range(MAX_STEPS):
        direction = -history.inverse_hessian_times(gradient)
        slope = _dot(gradient, direction)
        done = slope > -2 * tolerance * loss.abs()
        if bool(done.all()):
            break
        moved, new_loss, new_gradient = _search(slope_at, point, direction, loss, slope, done)
        history.learn(moved - point, new_gradient - gradient)
        point, loss, gradient = moved, new_loss, new_gradient
        on_step()
    return _times(basis, point)


def _search(
    slope_at: Callable[[Tensor], tuple[Tensor, Tensor]],
    point: Tensor,
    direction: Tensor,
    loss: Tensor,
    slope: Tensor,
    done: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """The next point with its loss and gradient; heads that are done stay where they are."""
    step = torch.where(done, 0.0, 1.0)
    for _ in range(MAX_TRIALS):
        moved = torch.addcmul(point, step.view(-1, 1, 1), direction)
        new_loss, gradient = slope_at(moved)
        too_far = ~(new_loss <= loss + ARMIJO * step * slope + 1e-6 * loss.abs()) & (step > 0)
        if not bool(too_far.any()):
            break
        step = torch.where(too_far, step * SHRINK, step)
    return moved, new_loss, gradient


@dataclass(slots=True)
class _History:
    """What the steps so far tell about the inverse Hessian."""

    pairs: list[tuple[Tensor, Tensor, Tensor]] = field(default_factory=list)
    """Step, change of the gradient, one over their product (0: not to be used)."""

    def inverse_hessian_times(self, gradient: Tensor) -> Tensor:
        product, used = gradient.clone(), []
        for step, change, inverse in reversed(self.pairs):
            share = inverse * _dot(step, product)
            used.append(share)
            product.addcmul_(share.view(-1, 1, 1), change, value=-1)
        product *= self._scale()
        for (step, change, inverse), share in zip(self.pairs, reversed(used), strict=True):
            product.addcmul_((share - inverse * _dot(change, product)).view(-1, 1, 1), step)
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
        scale = (_dot(step, change) / _dot(change, change).clamp_min(1e-20)).clamp(0.1, 10.0)
        return torch.where(inverse > 0, scale, 1.0).view(-1, 1, 1)


def _dot(left: Tensor, right: Tensor) -> Tensor:
    """(p,), many times faster than a sum over two dimensions or a batched product."""
    product: Tensor = torch.linalg.vecdot(left.flatten(1), right.flatten(1))
    return product


def _times(matrix: Tensor, heads: Tensor) -> Tensor:
    """matrix (d+1, d+1) times each of the heads (p, d+1, k), as one product."""
    problems, width, classes = heads.shape
    flat = heads.permute(1, 0, 2).reshape(width, problems * classes)
    return (matrix @ flat).view(width, problems, classes).permute(1, 0, 2)
