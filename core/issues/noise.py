"""How probable it is that a given label is right, when some classes are given wrongly more often than others.

Ranking by the probability of the given label alone takes every class to be equally clean. Where annotators overuse one
class, nearly all errors carry it, and a model of those labels is never quite sure of any other class. Here that is
measured and used. On 822 tweets whose 73 wrong labels nearly all say "disaster" average precision rose from .43 to .56;
on 10,003 evenly planted errors it changed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor

from core.issues.confident import chunks
from core.issues.finding import Probabilities

FLOOR = 1e-9
SAMPLE_CELLS = 1 << 19
"""The model is fitted to so many probabilities at most; what it expects of each class comes from all rows."""
COMMON_WIDTH, CLASS_WIDTH, SHARPNESS_WIDTH = 1.0, 1.0, 1.0
"""Prior standard deviations of log odds: all rates together, and each class by itself, may be off from what the
confident joint says by a factor of about e."""
SOFTNESS = 0.2
"""Width, as a share of a class's rate, of the bend where a probability falls below that rate."""
LEAST_KEPT = 0.05


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """A row of true class y gets the label j ≠ y with probability rates[j], whatever it looks like."""

    rates: NDArray[np.float64]
    """(k,) in 0–1."""
    sharpness: float
    """Exponent on the probabilities of the true classes: a model of noisy labels is less sure than it could be."""

    def posterior(self, labels: NDArray[np.int64], probabilities: Probabilities) -> NDArray[np.float64]:
        """(n,) the probability that the given label is the true one, given the row and the label: Bayes' rule."""
        right = np.empty(len(labels))
        rates = torch.from_numpy(self.rates)
        for rows in chunks(*probabilities.shape):
            part, given = _as_tensors(labels[rows], probabilities[rows])
            right[rows] = _explained(part, given, rates, torch.tensor(self.sharpness).log())[0].numpy()
        return right


def expected_rates(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) how often a row of another class gets each label, by the calibrated confident joint (k, k) in rows; half a
    row is added, so that no rate is 0."""
    wrongly = joint.sum(1) - joint.diagonal()
    others = joint.sum() - joint.sum(0)
    return np.asarray(np.clip((wrongly + 0.5) / (others + 1), 1e-6, 0.9), np.float64)


def fit_noise(labels: NDArray[np.int64], probabilities: Probabilities, expected: NDArray[np.float64]) -> NoiseModel:
    """The most probable model, given the labels and, as a prior, the rates expected (k,).

    The probabilities p(given | x) are taken apart into p(true | x) and the rates, p(true | x) is sharpened, and both
    are put together again: Σ_y p(y | x) · T[y, given] is what the labels must be probable under. After Bootkrajang &
    Kabán, Label-noise robust logistic regression, 2012, with one rate per given class, and fitted to out-of-sample
    probabilities, which cannot overfit it. Where these are a perfect model of the noisy labels, any rate explains them,
    and the prior decides.
    """
    size = min(len(labels), max(2_000, SAMPLE_CELLS // probabilities.shape[1]))
    rows = np.linspace(0, len(labels) - 1, size).astype(np.int64)
    part, given = _as_tensors(labels[rows], probabilities[rows])
    prior = torch.logit(torch.from_numpy(expected))
    count = len(expected)

    def unpacked(parameters: Tensor) -> tuple[Tensor, Tensor]:
        """Rates and log sharpness of: each class's own shift, the common one, sharpness; all standard normal before."""
        shift = CLASS_WIDTH * parameters[:count] + COMMON_WIDTH * parameters[count]
        return torch.sigmoid(prior + shift), SHARPNESS_WIDTH * parameters[count + 1]

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parameters = torch.tensor(values, requires_grad=True)
        probable = _explained(part, given, *unpacked(parameters))[1]
        total = parameters.square().sum() / 2 - probable.clamp_min(1e-300).log().sum()
        (gradient,) = torch.autograd.grad(total, parameters)
        return float(total.detach()), gradient.numpy()

    found = minimize(loss, np.zeros(count + 2), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-8})
    rates, log_sharpness = unpacked(torch.from_numpy(found.x))
    return NoiseModel(rates.numpy(), float(log_sharpness.exp()))


def _explained(probabilities: Tensor, given: Tensor, rates: Tensor, log_sharpness: Tensor) -> tuple[Tensor, Tensor]:
    """Per row the posterior that its label is right, and the probability of its label under the model."""
    kept = (1 - rates.sum()).clamp_min(LEAST_KEPT)
    softness = SOFTNESS * rates + 1e-4
    clean = torch.nn.functional.softplus((probabilities - rates) / kept / softness) * softness
    logs = torch.log_softmax(log_sharpness.exp() * clean.clamp_min(FLOOR).log(), 1)
    own = logs.gather(1, given[:, None])[:, 0].exp()
    right = (kept + rates[given]) * own
    label = right + rates[given] * (1 - own)
    return right / label.clamp_min(1e-300), label


def _as_tensors(labels: NDArray[np.int64], probabilities: Probabilities) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(np.array(probabilities, np.float64)), torch.from_numpy(labels)
