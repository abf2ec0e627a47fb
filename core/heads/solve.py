"""One head for all rows at once, as a linear layer on the embeddings: what a quick retrain is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import device
from core.heads.folds import assign_folds
from core.heads.head import Curvature, fit
from core.heads.heads import ENOUGH, EXACT, EXACT_UP_TO, Heads, training_rows
from core.heads.link import Link, link_of
from core.heads.objective import Features, Objective
from core.heads.penalty import best_penalty
from core.targets import Labels

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Solved:
    """A linear layer and how it was found."""

    weight: Tensor
    """(k, d) float32 on the CPU, for embeddings as they came."""
    bias: Tensor
    """(k,)"""
    l2: float
    trained_rows: int
    """n, or fewer where all would have taken too long."""
    steps: int
    link: Link

    def probabilities(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """(m, k) for embeddings (m, d)."""
        logits = torch.from_numpy(np.ascontiguousarray(embeddings)) @ self.weight.T + self.bias
        return self.link.predict(logits).numpy()


def solve(
    embeddings: NDArray[np.float32],
    labels: Labels,
    digests: NDArray[np.bytes_],
    classes: int,
    *,
    seed: int,
    class_weights: NDArray[np.float32] | None = None,
    on_step: Callable[[int, float], None] = lambda step, loss: None,
) -> Solved:
    """The head with the lowest regularised loss on embeddings (n, d) float32 with labels in their array form.

    The penalty is the one under which rows of a fold outside are most probable, folds of equal content (`digests`,
    (n,)) kept together and assigned by `seed`. Their temperature is in the weights: a penalty makes a head less sure
    than it may be (log loss on unseen articles: .13 without it, .09 with it). `class_weights` (k,): how much each class
    counts in the last fit; all alike without them.
    `on_step(step, loss)` is called after each step of the last fit, and with step 0 before it; it may raise to stop.
    Needs rows of at least two contents.
    """
    content = np.unique(digests, return_inverse=True)[1]
    folds = min(FOLDS, int(content.max()) + 1)
    link = link_of(labels)
    assigned = assign_folds(link.strata(labels), content, folds, seed)
    features = Features.of(torch.from_numpy(np.ascontiguousarray(embeddings)).to(device()))
    training = training_rows(labels, classes, features.width, folds)
    heads = Heads(features, Curvature.of(features, link), labels, classes, training)
    found = best_penalty(heads, assigned, folds, lambda: on_step(0, float("nan")))
    where = features.embeddings.device
    weights, weighted = np.ones(len(labels), np.float32), link
    if class_weights is not None:
        weights, weighted = link.weighted(labels, torch.from_numpy(class_weights).to(where))
    chosen = torch.from_numpy(weights[training]).to(where)[:, None]
    seen = Watched(
        features if len(training) == len(labels) else features.take(torch.from_numpy(training).to(where)),
        torch.from_numpy(labels[training]).to(where),
        chosen / chosen.sum(),
        classes,
        found.l2,
        weighted,
    )
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        on_step(steps, seen.newest[0])

    tolerance = EXACT if len(training) <= EXACT_UP_TO else ENOUGH
    head = fit(seen, heads.curvature, tolerance=tolerance, on_step=step)[0].cpu() / found.temperature
    weight = (head[:-1] / features.scale).T.contiguous()
    return Solved(weight, head[-1] - weight @ features.mean.cpu(), found.l2, len(training), steps, link)


@dataclass(frozen=True, slots=True)
class Watched(Objective):
    """An objective that remembers its newest value."""

    newest: list[float] = field(default_factory=lambda: [0.0])

    def __call__(self, heads: Tensor) -> tuple[Tensor, Tensor]:
        loss, gradient = Objective.__call__(self, heads)
        self.newest[0] = float(loss[0])
        return loss, gradient
