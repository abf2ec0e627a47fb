"""How often a model disagrees with the labels, by how sure it is, and how much of that stays however sure it is.

A model that is sure errs seldom, so what it still disagrees with there are wrong labels. Of errors planted at random
that is the share; people err more often where the model is unsure too, and there the two cannot be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from core.records import Estimate

BINS = 64
"""Rows of about equal confidence are counted together: the fit takes the same time for a thousand and a million."""
SHARES = np.r_[0.0, np.geomspace(5e-4, 0.9, 60)]
"""Shares that are compared."""
DEVIANCE = 1.92
"""Half of the 95th percentile of χ² with one degree of freedom: how much less probable an end of the interval is."""
SLOPE, SLOPE_WIDTH = 0.5, 0.7
"""Prior of the log slope per standard deviation: disagreement falls with confidence, by how much is found."""
STEPS = 40


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A likelihood fit: P(disagrees) = π + (1 − π) · e, where e, the model's own error, is a logistic function of the
    log odds of its doubt, and falls to 0 with it."""

    remaining: Estimate
    """π with its profile-likelihood interval at 95 %."""
    expected: NDArray[np.float64]
    """(n,) how often the model disagrees with rows of which it is as sure as of each."""


def fit_disagreement(disagrees: NDArray[np.bool_], confidence: NDArray[np.float64]) -> Disagreement:
    """disagrees (n,): whether a class other than the given one is the most probable; confidence (n,): how probable."""
    doubt = logit(np.clip(1 - confidence, 1e-6, 1 - 1e-6))
    order = np.lexsort((disagrees, doubt))  # sums are of the same terms in the same order, however the rows come
    doubt = (doubt - doubt[order].mean()) / max(float(doubt[order].std()), 1e-9)
    groups = np.array_split(order, min(BINS, len(doubt)))
    rows = np.array([len(group) for group in groups], np.float64)
    found = np.array([disagrees[group].sum() for group in groups], np.float64)
    where = np.array([doubt[group].mean() for group in groups])
    cost, level, slope = _profile(rows, found, where)
    best = int(cost.argmin())
    likely, share = np.flatnonzero(cost <= cost[best] + DEVIANCE), float(SHARES[best])
    remaining = Estimate(share, _end(cost, best, likely[0] - 1), _end(cost, best, likely[-1] + 1))
    return Disagreement(remaining, share + (1 - share) * expit(level[best] + np.exp(slope[best]) * doubt))


def _end(cost: NDArray[np.float64], best: int, beyond: int) -> float:
    """Where the cost crosses its limit on the way from the last likely share to the first one beyond."""
    if not 0 <= beyond < len(cost):
        return float(SHARES[min(max(beyond, 0), len(cost) - 1)])
    within = beyond + (1 if beyond < best else -1)
    limit = cost[best] + DEVIANCE
    part = (limit - cost[within]) / max(cost[beyond] - cost[within], 1e-12)
    return float(SHARES[within] + part * (SHARES[beyond] - SHARES[within]))


def _profile(
    rows: NDArray[np.float64], found: NDArray[np.float64], where: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The lowest cost of each of `SHARES` over level and log slope of the model's own error, and these: Fisher scoring
    with a damping that falls with every step that helps, for all shares at once."""
    share = SHARES[:, None]
    own = np.clip(found.sum() / rows.sum() - SHARES, 0.02, 0.9)
    level, slope = logit(own), np.full(len(SHARES), SLOPE)
    damping = np.full(len(SHARES), 1.0)

    def cost(level: NDArray[np.float64], slope: NDArray[np.float64]) -> NDArray[np.float64]:
        own = expit(level[:, None] + np.exp(slope)[:, None] * where)
        probable = np.clip(share + (1 - share) * own, 1e-9, 1 - 1e-9)
        likelihood = found * np.log(probable) + (rows - found) * np.log1p(-probable)
        prior = np.square((slope - SLOPE) / SLOPE_WIDTH) / 2
        return np.asarray(prior - likelihood.sum(1), np.float64)

    lowest = cost(level, slope)
    for _ in range(STEPS):
        steep = np.exp(slope)[:, None] * where
        own = expit(level[:, None] + steep)
        probable = np.clip(share + (1 - share) * own, 1e-9, 1 - 1e-9)
        change = (1 - share) * own * (1 - own)
        score = change * (found / probable - (rows - found) / (1 - probable))
        weight = rows * np.square(change) / (probable * (1 - probable))
        by_level, by_slope = score.sum(1), (score * steep).sum(1) - (slope - SLOPE) / SLOPE_WIDTH**2
        one = weight.sum(1) * (1 + damping) + 1e-9
        both = (weight * steep).sum(1)
        two = ((weight * np.square(steep)).sum(1) + 1 / SLOPE_WIDTH**2) * (1 + damping)
        determinant = np.maximum(one * two - np.square(both), 1e-12)
        new_level = level + np.clip((two * by_level - both * by_slope) / determinant, -3, 3)
        new_slope = slope + np.clip((one * by_slope - both * by_level) / determinant, -1, 1)
        new = cost(new_level, new_slope)
        better = new < lowest
        gained = float(np.where(better, lowest - new, 0.0).max())
        level, slope = np.where(better, new_level, level), np.where(better, new_slope, slope)
        lowest = np.minimum(lowest, new)
        damping = np.where(better, damping / 5, np.minimum(damping * 5, 1e6))
        if gained < 1e-3 and not (damping < 1e4)[~better].any():
            break
    return lowest, level, slope
