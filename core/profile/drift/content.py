"""Whether two sets of rows can be told apart by their content: a classifier two-sample test (Lopez-Paz and Oquab 2017)
on embeddings. Where rows that it has not seen are told apart, the two are of different kinds, even if no attribute says
so."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.proportions import Z95
from core.records import Estimate

FOLDS = 5
RIDGE = 0.1
"""How much of the features' mean variance the ridge regression adds to each."""
MIN_ROWS = 30
"""A side with fewer rows says nothing."""


@dataclass(frozen=True, slots=True)
class ToldApart:
    """How well a linear model tells the rows of one side from all others."""

    auc: Estimate
    """Of pairs of a row of that side and another one, how often it finds the first more like that side: 0.5 is chance.
    With DeLong's interval (1988)."""
    p_value: float
    """That it does so well by chance."""
    scores: NDArray[np.float64]
    """(n,) how much each row is like that side, by a model that has seen none of its content."""


def told_apart(
    vectors: NDArray[np.float32], side: NDArray[np.bool_], contents: NDArray[np.int64], seed: int = 0
) -> ToldApart | None:
    """Of embeddings (n, d) and whether each is of the side, (n,); None where either has fewer than `MIN_ROWS` rows.

    Rows of equal `contents` (n,) are judged by the same model, which has seen none of them. The models are ridge
    regressions of the side, one for each of `FOLDS` folds.
    """
    if min(int(side.sum()), int((~side).sum())) < MIN_ROWS:
        return None
    _, content = np.unique(contents, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(content.max() + 1)[content] % FOLDS
    features = np.column_stack([vectors, np.ones(len(vectors), np.float32)]).astype(np.float64)
    goal = np.where(side, 1 / side.sum(), -1 / (~side).sum()) * len(side)
    products = [features[fold == one].T @ features[fold == one] for one in range(FOLDS)]
    sums = [features[fold == one].T @ goal[fold == one] for one in range(FOLDS)]
    whole, goals = np.sum(products, 0), np.sum(sums, 0)
    scores = np.empty(len(side))
    for one in range(FOLDS):
        left = whole - products[one]
        penalty = RIDGE * np.trace(left[:-1, :-1]) / max(1, len(left) - 1)
        weights = np.linalg.solve(left + np.diag([*[penalty] * (len(left) - 1), 1e-9]), goals - sums[one])
        scores[fold == one] = features[fold == one] @ weights
    auc, deviation = _auc(scores, side)
    estimate = Estimate(auc, max(0.0, auc - Z95 * deviation), min(1.0, auc + Z95 * deviation))
    return ToldApart(estimate, _by_chance(auc, int(side.sum()), int((~side).sum())), scores)


def _auc(scores: NDArray[np.float64], side: NDArray[np.bool_]) -> tuple[float, float]:
    """The area under the ROC curve and its standard deviation (DeLong, DeLong and Clarke-Pearson 1988)."""
    of_side, others = np.sort(scores[side]), np.sort(scores[~side])

    def above(values: NDArray[np.float64], than: NDArray[np.float64]) -> NDArray[np.float64]:
        return (np.searchsorted(than, values, "left") + np.searchsorted(than, values, "right")) / (2 * len(than))

    placed, beaten = above(of_side, others), above(others, of_side)
    deviation = math.sqrt(placed.var(ddof=1) / len(placed) + beaten.var(ddof=1) / len(beaten))
    return float(placed.mean()), deviation


def _by_chance(auc: float, of_side: int, others: int) -> float:
    """Mann and Whitney's test (1947), one-sided, by its normal approximation."""
    deviation = math.sqrt((of_side + others + 1) / (12 * of_side * others))
    return 0.5 * math.erfc((auc - 0.5) / deviation / math.sqrt(2))
