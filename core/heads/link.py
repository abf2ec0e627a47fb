"""How a head's logits become probabilities and what a label costs under them: one class per row, or several.

The array form of the labels says which: everything else about heads is the same for both.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, logit
from torch import Tensor

from core.evaluation import metrics
from core.heads.folds import unseen_rows
from core.targets import Labels
from core.targets.arrays import labelled, of_truth

LEAST = 1e-30
"""Probabilities are not taken for less: no loss is infinite."""
_FLOOR = np.finfo(np.float32).eps
"""What an encoder rules out counts as this in a pool, so that it does not rule it out for all of them."""
Matrix = NDArray[np.float32]


class Link(Protocol):
    """What there is between logits and labels. n rows, k classes, p heads; probabilities are (n, k)."""

    bound: float
    """How many second moments of the features bound the Hessian of the loss of one class from above."""

    def residuals(self, logits: Tensor, labels: Tensor, weights: Tensor, out: Tensor) -> Tensor:
        """The weighted loss (p,) float64 of logits (b, p, k), and into `out` its gradient by them. The logits may be
        overwritten. labels (b, …), weights (b, p)."""

    def weighted(self, labels: Labels, class_weights: Tensor) -> tuple[NDArray[np.float32], Link]:
        """Weights (n,) of the rows, and the link, under which classes count by their weights (k,)."""

    def probabilities(self, logits: Matrix, divisor: float) -> Matrix:
        """Of the logits over the temperature."""

    def predict(self, logits: Tensor) -> Tensor:
        """The same of a saved model, whose temperature is in its weights."""

    def losses(self, logits: Matrix, labels: Labels) -> _Losses:
        """The mean loss by the log of the temperature, for many of them in turn."""

    def strata(self, labels: Labels) -> NDArray[np.int64]:
        """(n,) the group of each row, from 0, within which folds keep their shares."""

    def unseen(self, labels: Labels, folds: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n,) rows with a class that occurs in no other fold (n,) than their own: the model that judges them has never
        seen it, so it cannot say anything about it."""

    def evidence(self, probabilities: Matrix) -> Matrix:
        """What an opinion pool adds up: `probabilities` of a weighted sum of these are the pool's."""

    def pull(self, evidence: Matrix, labels: Labels) -> NDArray[np.floating[Any]]:
        """(m,) of evidence (m, n, k): how much of each encoder's speaks for what is true, mean over the rows."""

    def terms(self, classes: int) -> int:
        """Losses per row that the mean is of."""


class _Losses(Protocol):
    def __call__(self, log_temperature: float) -> float: ...


class Softmax:
    """One class per row, labels (n,) in 0 … k-1."""

    bound = 0.5
    """For every class and any weights that sum to 1 (Böhning, Multinomial logistic regression algorithm, 1992)."""

    def residuals(self, logits: Tensor, labels: Tensor, weights: Tensor, out: Tensor) -> Tensor:
        """Cross entropy. labels (b,), or (b, p) where each head has labels of its own."""
        rows, problems, _ = logits.shape
        residual = torch.softmax(logits, 2, out=out)
        at = labels.view(rows, -1, 1).expand(-1, problems, 1)
        own = residual.gather(2, at)
        loss: Tensor = -(own.squeeze(2).clamp_min(LEAST).log_() * weights).sum(0, dtype=torch.float64)
        residual.scatter_(2, at, own - 1).mul_(weights.unsqueeze(2))
        return loss

    def weighted(self, labels: Labels, class_weights: Tensor) -> tuple[NDArray[np.float32], Link]:
        """A row counts as its class does."""
        return class_weights.cpu().numpy()[labels], self

    def probabilities(self, logits: Matrix, divisor: float) -> Matrix:
        """Rows sum to 1."""
        scaled = logits / np.float32(divisor)
        scaled -= scaled.max(1, keepdims=True)
        np.exp(scaled, out=scaled)
        scaled /= scaled.sum(1, keepdims=True)
        return np.asarray(scaled, np.float32)

    def predict(self, logits: Tensor) -> Tensor:
        """As transformers would."""
        return logits.softmax(1)

    def losses(self, logits: Matrix, labels: Labels) -> _Losses:
        """Cross entropy."""
        part = logits - logits.max(1, keepdims=True)
        own = np.take_along_axis(part, labels[:, None], 1)[:, 0]

        def loss(log_temperature: float) -> float:
            scaled = np.exp(part / np.float32(np.exp(log_temperature)))
            return float(np.mean(np.log(scaled.sum(1)) - own / np.exp(log_temperature)))

        return loss

    def strata(self, labels: Labels) -> NDArray[np.int64]:
        """The classes."""
        return labels.astype(np.int64, copy=False)

    def unseen(self, labels: Labels, folds: NDArray[np.int64]) -> NDArray[np.bool_]:
        """By the row's class."""
        return unseen_rows(self.strata(labels), folds)

    def evidence(self, probabilities: Matrix) -> Matrix:
        """Log probabilities."""
        return np.log(np.maximum(np.asarray(probabilities, np.float32), _FLOOR))

    def pull(self, evidence: Matrix, labels: Labels) -> NDArray[np.floating[Any]]:
        """Of the row's class."""
        return np.asarray(np.take_along_axis(evidence, labels[None, :, None], 2)[:, :, 0].mean(1))

    def terms(self, classes: int) -> int:
        """One class has to be told."""
        return 1


class Sigmoid:
    """Any number of classes per row, labels (n, k) of 0 and 1: k independent logistic heads, fitted together."""

    bound = 0.25
    """p · (1 - p) is never more."""

    def __init__(self, having: Tensor | None = None) -> None:
        """`having` (k,): how many times more a class counts where a row has it than where it has not; as much without
        it."""
        self._having = having

    def residuals(self, logits: Tensor, labels: Tensor, weights: Tensor, out: Tensor) -> Tensor:
        """Binary cross entropy, sum over the classes: each is a logistic regression with the whole penalty. The sides
        of the logits are turned so that the true one is up, which keeps the loss exact however small it is. labels
        (b, k), or (b, p, k) where each head has labels of its own."""
        side = labels.to(logits.dtype).mul_(2).sub_(1).view(len(logits), -1, logits.shape[2])
        own = torch.sigmoid(torch.mul(logits, side, out=out), out=out)
        logs = torch.clamp_min(own, LEAST, out=logits).log_()
        own.sub_(1).mul_(side).mul_(weights.unsqueeze(2))
        if self._having is not None:
            times = torch.where(side > 0, self._having, 1)
            logs.mul_(times)
            own.mul_(times)
        loss: Tensor = -(logs.sum(2) * weights).sum(0, dtype=torch.float64)
        return loss

    def weighted(self, labels: Labels, class_weights: Tensor) -> tuple[NDArray[np.float32], Link]:
        """Each class for itself: rows count the same."""
        return np.ones(len(labels), np.float32), Sigmoid(class_weights)

    def probabilities(self, logits: Matrix, divisor: float) -> Matrix:
        """Each for itself."""
        return np.asarray(expit(logits / np.float32(divisor)), np.float32)

    def predict(self, logits: Tensor) -> Tensor:
        """As transformers would."""
        return logits.sigmoid()

    def losses(self, logits: Matrix, labels: Labels) -> _Losses:
        """Binary cross entropy, mean over the classes."""
        against = np.where(labels > 0, -logits, logits)

        def loss(log_temperature: float) -> float:
            return float(np.logaddexp(np.float32(0), against / np.float32(np.exp(log_temperature))).mean())

        return loss

    def strata(self, labels: Labels) -> NDArray[np.int64]:
        """The rarest class of each row, as `Target.strata` has it; rows of no class are a group of their own, 0."""
        counts = (labels > 0).sum(0)
        rank = np.empty(len(counts), np.int32)
        rank[np.argsort(counts, kind="stable")] = np.arange(len(counts))
        found = np.where(labels > 0, rank, np.int32(len(counts))).argmin(1) + 1
        return np.where((labels > 0).any(1), found, 0)

    def unseen(self, labels: Labels, folds: NDArray[np.int64]) -> NDArray[np.bool_]:
        """By each of the row's classes; nor a row without a label."""
        seen_in = np.zeros(labels.shape[1], np.int64)
        for fold in np.unique(folds):
            seen_in += (labels[folds == fold] > 0).any(0)
        return np.asarray(((labels > 0) & (seen_in < 2)).any(1) | (labels < 0).any(1))

    def evidence(self, probabilities: Matrix) -> Matrix:
        """Log odds."""
        return np.asarray(logit(np.clip(np.asarray(probabilities, np.float32), _FLOOR, 1 - _FLOOR)), np.float32)

    def pull(self, evidence: Matrix, labels: Labels) -> NDArray[np.floating[Any]]:
        """Of the row's classes together."""
        return np.asarray(np.einsum("mnk,nk->m", evidence, labels.astype(np.float32)) / len(labels))

    def terms(self, classes: int) -> int:
        """Every class has to be told."""
        return classes


SOFTMAX, SIGMOID = Softmax(), Sigmoid()


def link_of(labels: Labels) -> Link:
    """The link that labels in their array form are learnt with."""
    return SOFTMAX if labels.ndim == 1 else SIGMOID


def log_loss(probabilities: NDArray[Any], labels: Labels) -> float:
    """Mean log loss in nats over the rows with a label: cross entropy, or binary cross entropy over the classes."""
    rows = labelled(labels)
    return metrics.log_loss(of_truth(probabilities[rows], labels[rows]))
