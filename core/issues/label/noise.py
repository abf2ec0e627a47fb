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

from core.issues.label.confident import chunks
from core.issues.signals import Probabilities
from core.targets import Labels

FLOOR = 1e-30
TOP = 8
"""So many of a row's most probable classes are looked at one by one, and the given one; the others as if they were
equally probable and had the mean rate."""
SAMPLE_CELLS = 1 << 16
"""The model is fitted to so many of these at most, since more rows would weigh no more; what it expects of each class
comes from all rows."""
COMMON_WIDTH, CLASS_WIDTH, SHARPNESS_WIDTH = 1.0, 1.0, 1.0
"""Prior standard deviations of log odds: all rates together, and each class by itself, may be off from what the
confident joint says by a factor of about e."""
TRUSTED_ROWS = 1_000
"""More rows than these weigh no more than so many: the rates are a rough model, and where the probabilities are good
the likelihood of many rows would drive them to 0, which leaves a worse ranking than plain self-confidence."""
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
    of_given: bool
    """Whether the probabilities are those of the given labels, as whoever learnt from these has them, rates and all;
    else they are those of the true classes, as somebody has them who learnt from better labels."""

    def posterior(self, labels: Labels, probabilities: Probabilities) -> NDArray[np.float64]:
        """(n,) the probability that the given label is the true one, given the row and the label: Bayes' rule."""
        right = np.empty(len(labels))
        rates, sharpness = torch.from_numpy(self.rates), torch.tensor(self.sharpness, dtype=torch.float64)
        for rows in chunks(*probabilities.shape):
            evidence = _evidence(labels[rows], probabilities[rows])
            right[rows] = _explained(evidence, rates, sharpness, self.of_given)[0].numpy()
        return right


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Rows as the model sees them: their given class, then those that are most probable of the others."""

    classes: Tensor
    """(n, at most 1 + TOP) int64"""
    probabilities: Tensor
    """(n, at most 1 + TOP) float64"""
    rest: Tensor
    """(n,) mean probability of the others, float64."""
    rest_classes: int


def expected_rates(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) how often a row of another class gets each label, by the calibrated confident joint (k, k) in rows; half a
    row is added, so that no rate is 0."""
    wrongly = joint.sum(1) - joint.diagonal()
    others = joint.sum() - joint.sum(0)
    return np.asarray(np.clip((wrongly + 0.5) / (others + 1), 1e-6, 0.9), np.float64)


def fit_noise(labels: Labels, probabilities: Probabilities, expected: NDArray[np.float64]) -> NoiseModel:
    """The most probable model, given the labels and, as a prior, the rates expected (k,).

    The probabilities p(given | x) are taken apart into p(true | x) and the rates, p(true | x) is sharpened, and both
    are put together again: Σ_y p(y | x) · T[y, given] is what the labels must be probable under. After Bootkrajang &
    Kabán, Label-noise robust logistic regression, 2012, with one rate per given class, and fitted to out-of-sample
    probabilities, which cannot overfit it. Where these are a perfect model of the noisy labels, any rate explains them,
    and the prior decides.

    The same is fitted to the probabilities as p(true | x); whichever makes the labels more probable is returned. What
    somebody brings who has never seen the wrong labels falls far below the rates, and taken for p(given | x) all of
    that would count alike: on 2 to 10 % planted in CIFAR-10, beside the published probabilities of a good network,
    average precision was .76 to .93 so and .91 to .98 with the choice, as with plain self-confidence.
    """
    classes = probabilities.shape[1]
    size = min(len(labels), SAMPLE_CELLS // min(classes, TOP + 1))
    rows = np.linspace(0, len(labels) - 1, size).astype(np.int64)
    evidence = _joined([_evidence(labels[part], probabilities[part]) for part in _parts(rows, classes)])
    prior = torch.logit(torch.from_numpy(expected))
    count = len(expected)
    weight = min(1.0, TRUSTED_ROWS / len(rows))

    def unpacked(parameters: Tensor) -> tuple[Tensor, Tensor]:
        """Rates and sharpness of: each class's own shift, the common one, log sharpness; all standard normal before."""
        shift = CLASS_WIDTH * parameters[:count] + COMMON_WIDTH * parameters[count]
        return torch.sigmoid(prior + shift), (SHARPNESS_WIDTH * parameters[count + 1]).exp()

    def loss(values: NDArray[np.float64], of_given: bool) -> tuple[float, NDArray[np.float64]]:
        parameters = torch.tensor(values, requires_grad=True)
        probable = _explained(evidence, *unpacked(parameters), of_given)[1]
        total = parameters.square().sum() / 2 - weight * probable.clamp_min(1e-300).log().sum()
        (gradient,) = torch.autograd.grad(total, parameters)
        return float(total.detach()), gradient.numpy()

    def fitted(of_given: bool) -> tuple[float, NoiseModel]:
        options = {"maxiter": 100, "ftol": 1e-5}
        found = minimize(loss, np.zeros(count + 2), (of_given,), jac=True, method="L-BFGS-B", options=options)
        rates, sharpness = unpacked(torch.from_numpy(found.x))
        return float(found.fun), NoiseModel(rates.numpy(), float(sharpness), of_given)

    return min((fitted(True), fitted(False)), key=lambda one: one[0])[1]


def _explained(evidence: _Evidence, rates: Tensor, sharpness: Tensor, of_given: bool) -> tuple[Tensor, Tensor]:
    """Per row the posterior that its label is right, and the probability of its label under the model."""
    kept = (1 - rates.sum()).clamp_min(LEAST_KEPT)
    rate = torch.cat([rates[evidence.classes], rates.mean().expand(len(evidence.rest), 1)], 1)
    clean = torch.cat([evidence.probabilities, evidence.rest[:, None]], 1)
    if of_given:
        softness = SOFTNESS * rate + 1e-4
        clean = torch.nn.functional.softplus((clean - rate) / kept / softness) * softness
    logs = sharpness * clean.clamp_min(FLOOR).log()
    logs = torch.cat([logs[:, :-1], logs[:, -1:] + np.log(max(evidence.rest_classes, FLOOR))], 1)
    own = torch.softmax(logs, 1)[:, 0]
    right = (kept + rate[:, 0]) * own
    label = right + rate[:, 0] * (1 - own)
    return right / label.clamp_min(1e-300), label


def _evidence(labels: Labels, probabilities: Probabilities) -> _Evidence:
    part, given = torch.from_numpy(np.array(probabilities)), torch.from_numpy(labels)[:, None]
    own = part.gather(1, given)
    top = part.scatter_(1, given, -1.0).topk(min(TOP, part.shape[1] - 1), 1)
    one_by_one = torch.cat([own, top.values], 1).double()
    others = part.shape[1] - one_by_one.shape[1]
    rest = (1 - one_by_one.sum(1)).clamp_min(0) / max(1, others)
    return _Evidence(torch.cat([given, top.indices], 1), one_by_one, rest, others)


def _parts(rows: NDArray[np.int64], classes: int) -> list[NDArray[np.int64]]:
    return [rows[part] for part in chunks(len(rows), classes)]


def _joined(parts: list[_Evidence]) -> _Evidence:
    return _Evidence(
        torch.cat([one.classes for one in parts]),
        torch.cat([one.probabilities for one in parts]),
        torch.cat([one.rest for one in parts]),
        parts[0].rest_classes,
    )
