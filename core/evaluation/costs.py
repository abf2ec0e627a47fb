"""What errors cost by where the line is drawn: the expected cost per 1,000 rows, and the threshold with the lowest.

The threshold is chosen on the very rows that it is then judged on, which flatters it. How much is estimated by the
bootstrap (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 17): chosen on a resample, a threshold
costs more on all rows than on that resample, on average by the optimism that is added here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluation.bootstrap import RESAMPLES, SEED
from core.evaluation.metrics import Floats
from core.records import CostCurve, Estimate

STEPS = 200
"""Thresholds looked at, evenly spread in 0–1, and one above, at which nothing counts as yes."""
PER_ROWS = 1_000


def cost_curve(
    scores: NDArray[np.floating],
    bad: NDArray[np.bool_],
    cost_above: float,
    cost_below: float,
    *,
    below: NDArray[np.bool_] | None = None,
    usual_at: float = 0.5,
) -> CostCurve:
    """The costs of n rows with `scores` (n,) in 0–1: a row at or above the threshold costs `cost_above` where it is
    `bad` (n,), a row below it `cost_below` where it is one of `below` (n,), by default all.

    With a class's probability, `bad` are rows without it (false alarms) and `below` those with it (misses); with the
    confidence in an answer, `bad` are wrong answers, and every row below is left to a person. At least one row.
    """
    # Cells: (threshold bin, whether bad, whether it costs below); rows of one cell are alike, as in the bootstrap.
    bins = np.minimum((np.asarray(scores, np.float64) * STEPS + 1e-9).astype(np.int64), STEPS)
    costly = np.ones(len(bins), np.bool_) if below is None else below
    cells = np.bincount(bins * 4 + bad * 2 + costly, minlength=4 * (STEPS + 1)).reshape(STEPS + 1, 2, 2)
    counted = _costs(cells[None], cost_above, cost_below)[0]
    rows = len(bins)
    drawn_cells = np.random.default_rng(SEED).multinomial(rows, cells.ravel() / rows, size=RESAMPLES)
    drawn = _costs(drawn_cells.reshape(RESAMPLES, *cells.shape), cost_above, cost_below)
    thresholds = np.arange(STEPS + 2) / STEPS
    best = _cheapest(counted)
    each = np.array([_cheapest(one) for one in drawn])
    optimism = float((counted[each] - drawn[np.arange(RESAMPLES), each]).mean())
    low, high = np.quantile(thresholds[each], (0.025, 0.975))
    cost_low, cost_high = np.quantile(drawn[:, best], (0.025, 0.975)) + optimism
    above_bad = cells[best:, 1].sum() if best <= STEPS else 0
    return CostCurve(
        thresholds=thresholds,
        costs=counted,
        best=Estimate(float(thresholds[best]), float(low), float(high)),
        cost=Estimate(float(counted[best]) + optimism, max(0.0, float(cost_low)), float(cost_high)),
        usual=float(counted[round(usual_at * STEPS)]),
        usual_at=usual_at,
        first=int(above_bad),
        second=int(cells[:best, :, 1].sum()),
        rows=rows,
    )


def _costs(cells: NDArray[np.int64], cost_above: float, cost_below: float) -> Floats:
    """(m, t) of m tables of cells, per `PER_ROWS` rows."""
    rows = cells.sum((1, 2, 3))[:, None]
    bad, costly = cells[:, :, 1].sum(2), cells[:, :, :, 1].sum(2)
    nothing = np.zeros((len(cells), 1), np.int64)
    above = np.concatenate((bad[:, ::-1].cumsum(1)[:, ::-1], nothing), 1)
    below = np.concatenate((nothing, costly.cumsum(1)), 1)
    return np.asarray(PER_ROWS * (cost_above * above + cost_below * below) / np.maximum(rows, 1))


def _cheapest(costs: Floats) -> int:
    """The threshold of the lowest cost; of several alike the one in their middle, where the next rows may differ."""
    alike = np.flatnonzero(costs <= costs.min() + 1e-9)
    return int(alike[len(alike) // 2])
