"""Whether two sets of rows can be told apart by their content: a classifier two-sample test (Lopez-Paz and Oquab 2017)
on embeddings. Where rows that it has not seen are told apart, the two are of different kinds, even if no attribute says
so."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.proportions import Z95, wilson
from core.records import Estimate

FOLDS = 5
RIDGE = 1.0
"""How much of the features' mean variance the ridge regression adds to each: with a tenth of it, rows of another kind
among few were told apart less well, since there are hardly more rows than features."""
MIN_CONTENTS = 30
"""A side with fewer different contents says nothing."""
SHUFFLES = 80
"""How often the sides are exchanged at random, to see what chance alone gives."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ToldApart:
    """How well a linear model tells the rows of one side from all others."""

    auc: Estimate
    """Of pairs of a row of that side and another one, how often it finds the first more like that side: 0.5 is chance.
    The mean over the folds; the interval is as wide as the larger of DeLong's (1988), which leaves out that the models
    differ, and of what exchanged sides give."""
    p_value: float
    """That it does so well by chance: by how exchanged sides are told apart, taken for normal."""
    scores: Floats
    """(n,) how much each row is like that side, by a model that has seen none of its content."""


def told_apart(
    vectors: NDArray[np.float32], side: NDArray[np.bool_], contents: NDArray[np.int64], seed: int = 0
) -> ToldApart | None:
    """Of embeddings (n, d) and whether each is of the side, (n,); None where either has fewer than `MIN_CONTENTS`
    different `contents` (n,).

    A content counts once for each side that has it, and is judged by a model that has not seen it: ridge regressions of
    the side, one for each of `FOLDS` folds.
    """
    _, content = np.unique(contents, return_inverse=True)
    _, first = np.unique(content * 2 + side, return_index=True)  # copies say nothing more
    chosen, unit = side[first], content[first]
    if min(int(chosen.sum()), int((~chosen).sum())) < MIN_CONTENTS:
        return None
    rng = np.random.default_rng(seed)
    dealt = rng.permutation(content.max() + 1) % FOLDS
    model = _Folds(vectors[first].astype(np.float64), dealt[unit])
    scores = model.scores(chosen)
    auc, deviation = _auc(scores, chosen, model.fold)
    both = np.bincount(unit)[unit] > 1
    free = np.flatnonzero(~both)
    chance = []
    for _ in range(SHUFFLES):
        exchanged = chosen.copy()
        exchanged[free] = chosen[rng.permutation(free)]
        chance.append(_auc(model.scores(exchanged), exchanged, model.fold)[0])
    spread = float(np.std(chance, ddof=1))
    p_value = 0.5 * math.erfc((auc - float(np.mean(chance))) / max(spread, 1e-12) / math.sqrt(2))
    wide = max(deviation, spread * 2 * math.sqrt(max(0.0, auc * (1 - auc))))
    fewer = np.array(min(int(chosen.sum()), int((~chosen).sum())))
    least = float(wilson(auc * fewer, fewer)[0]) if auc == 1 else 1.0  # told apart wholly, of so many
    estimate = Estimate(auc, max(0.0, min(least, auc - Z95 * wide)), min(1.0, auc + Z95 * wide))
    return ToldApart(estimate, p_value, model.of_all(vectors, dealt[content], chosen))


class _Folds:
    """Ridge regressions without each fold, of the same rows for any sides: what of them does not depend on these is
    worked out once."""

    def __init__(self, features: Floats, fold: NDArray[np.int64]) -> None:
        """Of features (n, d) and the fold of each, (n,)."""
        self.fold = fold
        self._features = np.column_stack([features, np.ones(len(features))])
        self._parts = [np.flatnonzero(fold == one) for one in range(FOLDS)]
        products = [self._features[part].T @ self._features[part] for part in self._parts]
        whole = np.sum(products, 0)
        self._inverse = []
        for own in products:
            left = whole - own
            penalty = RIDGE * np.trace(left[:-1, :-1]) / max(1, len(left) - 1) + 1e-9
            self._inverse.append(np.linalg.inv(left + np.diag([*[penalty] * (len(left) - 1), 1e-9])))

    def scores(self, side: NDArray[np.bool_]) -> Floats:
        """(n,) of each row by the model that has not seen its fold."""
        found = np.empty(len(side))
        for part, weights in zip(self._parts, self._weights(side), strict=True):
            found[part] = self._features[part] @ weights
        return found

    def of_all(self, vectors: NDArray[np.float32], fold: NDArray[np.int64], side: NDArray[np.bool_]) -> Floats:
        """(m,) of other rows, such as copies, each by the model of its fold."""
        found = np.empty(len(vectors))
        for one, weights in enumerate(self._weights(side)):
            found[fold == one] = vectors[fold == one] @ weights[:-1] + weights[-1]
        return found

    def _weights(self, side: NDArray[np.bool_]) -> list[Floats]:
        goal = np.where(side, 1 / side.sum(), -1 / (~side).sum()) * len(side)
        sums = [self._features[part].T @ goal[part] for part in self._parts]
        whole = np.sum(sums, 0)
        return [inverse @ (whole - own) for inverse, own in zip(self._inverse, sums, strict=True)]


def _auc(scores: Floats, side: NDArray[np.bool_], fold: NDArray[np.int64]) -> tuple[float, float]:
    """The area under the ROC curve within each fold, weighted by its pairs, and its standard deviation (DeLong, DeLong
    and Clarke-Pearson 1988): scores of different models are not held against each other."""
    total, variance, pairs = 0.0, 0.0, 0
    for one in range(FOLDS):
        of_side, others = np.sort(scores[side & (fold == one)]), np.sort(scores[~side & (fold == one)])
        count = len(of_side) * len(others)
        if not count:
            continue
        placed, beaten = _above(of_side, others), _above(others, of_side)
        total += count * float(placed.mean())
        pairs += count
        if min(len(of_side), len(others)) > 1:
            variance += count**2 * (placed.var(ddof=1) / len(placed) + beaten.var(ddof=1) / len(beaten))
    return total / max(1, pairs), math.sqrt(variance) / max(1, pairs)


def _above(values: Floats, than: Floats) -> Floats:
    """Of each value, the share of the others that it is above, ties half."""
    return (np.searchsorted(than, values, "left") + np.searchsorted(than, values, "right")) / (2 * len(than))
