"""How probable it is that a given label is right, when some classes are given wrongly more often than others.

Ranking by the probability of the given label alone takes every class to be equally clean. Where annotators overuse one
class, nearly all errors carry it, and a model fitted to those labels is never quite sure of any other class. Here that
is measured and used. On 822 tweets whose 73 wrong labels nearly all say "disaster" average precision rose from .43 to
.54; on evenly planted errors it changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.issues.confident import chunks
from core.issues.finding import Probabilities

FLOOR = 1e-9
SAMPLE_CELLS = 1 << 24
PRIOR_MEAN, PRIOR_WIDTH, CLASS_WIDTH = -3.0, 1.0, 1.0
"""Log odds that a label is given wrongly: around 5 % over all classes, between 0.7 % and 27 % with 95 % probability;
single classes scatter around the mean by a factor of e."""


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """A row of true class y keeps it, or gets class j ≠ y with probability rate_j / (k − 1), whatever it looks like."""

    sharpness: float
    """Exponent that turns the probability of given labels into that of true ones, before rates: above 1, since noise
    in the labels makes a model less sure than it has reason to be."""
    rates: NDArray[np.float64]
    """(k,) in 0–1."""

    def posterior(self, labels: NDArray[np.int64], probabilities: Probabilities) -> NDArray[np.float64]:
        """(n,) the probability that the given label is the true one, given the row and the label."""
        kept, swapped = self._transition()
        own = _sharpened(labels, probabilities, self.sharpness)
        right = kept[labels] * own
        return right / np.maximum(right + swapped[labels] * (1 - own), 1e-300)

    def _transition(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        swapped = self.rates / max(1, len(self.rates) - 1)
        return np.maximum(1 - (swapped.sum() - swapped), 1e-3), swapped


def fit_noise(labels: NDArray[np.int64], probabilities: Probabilities) -> NoiseModel:
    """The model under which the given labels are most probable, with the priors above: p(given j | x) =
    Σ_y p(y | x) · T[y, j], after Bootkrajang & Kabán, Label-noise robust logistic regression, 2012, with the transition
    T reduced to one rate per given class and fitted to out-of-sample probabilities, which cannot overfit them."""
    classes = probabilities.shape[1]
    rows = np.linspace(0, len(labels) - 1, min(len(labels), max(2_000, SAMPLE_CELLS // classes))).astype(np.int64)
    logs = torch.from_numpy(np.log(np.maximum(np.asarray(probabilities[rows], np.float64), FLOOR)))
    sharpness, mean, spread = _maximise(logs, torch.from_numpy(labels[rows]), classes)
    if len(rows) < len(labels):
        own = torch.from_numpy(_sharpened(labels, probabilities, sharpness))
        mean, spread = _maximise_rates(own, torch.from_numpy(labels), classes)
    return NoiseModel(sharpness, 1 / (1 + np.exp(-(mean + CLASS_WIDTH * spread))))


def _sharpened(labels: NDArray[np.int64], probabilities: Probabilities, sharpness: float) -> NDArray[np.float64]:
    """(n,) probability of the given label after raising all to `sharpness` and scaling them to sum 1."""
    own = np.empty(len(labels))
    for rows in chunks(*probabilities.shape):
        part = np.maximum(np.asarray(probabilities[rows], np.float64), FLOOR) ** sharpness
        own[rows] = np.take_along_axis(part, labels[rows][:, None], 1)[:, 0] / part.sum(1)
    return own


def _maximise(logs: Tensor, labels: Tensor, classes: int) -> tuple[float, float, NDArray[np.float64]]:
    log_sharpness = torch.zeros(1, dtype=torch.float64, requires_grad=True)

    def own() -> Tensor:
        return torch.log_softmax(log_sharpness.exp() * logs, 1).gather(1, labels[:, None])[:, 0].exp()

    mean, spread = _search(own, labels, classes, [log_sharpness])
    return float(log_sharpness.detach().exp()), mean, spread


def _maximise_rates(own: Tensor, labels: Tensor, classes: int) -> tuple[float, NDArray[np.float64]]:
    return _search(lambda: own, labels, classes, [])


def _search(
    own: Callable[[], Tensor], labels: Tensor, classes: int, free: list[Tensor]
) -> tuple[float, NDArray[np.float64]]:
    mean = torch.full((1,), PRIOR_MEAN, dtype=torch.float64, requires_grad=True)
    spread = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    parameters = [mean, spread, *free]
    search = torch.optim.LBFGS(parameters, max_iter=200, line_search_fn="strong_wolfe", tolerance_change=1e-10)

    def loss() -> Tensor:
        search.zero_grad()
        swapped = torch.sigmoid(mean + CLASS_WIDTH * spread) / max(1, classes - 1)
        kept = (1 - (swapped.sum() - swapped)).clamp_min(1e-3)
        right = own()
        given = kept[labels] * right + swapped[labels] * (1 - right)
        prior = ((mean - PRIOR_MEAN) / PRIOR_WIDTH).square().sum() + spread.square().sum()
        for parameter in free:
            prior = prior + parameter.square().sum()
        total: Tensor = -given.clamp_min(1e-300).log().sum() + prior / 2
        total.backward()  # type: ignore[no-untyped-call]
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    return float(mean.detach()), spread.detach().numpy()
