"""How many rows to flag: how probable it is that each label is wrong, and what a list of the worst rows would hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from core.issues.label.finding import Curve
from core.issues.label.share import SeenErrors
from core.records import Estimate

BINS = 1 << 12
"""Rows of about equal log odds are counted together while these are moved."""
POINTS = 60
"""Lengths of the list at which the curve is kept; between them it is straight enough."""
ROUND = (10, 20, 50, 100)
"""Lengths that people think in are points of it."""
SURE = 1e-9
NO_CURVE = Curve(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0))
"""Of a model that knows nothing: its list is as good as any."""


@dataclass(frozen=True, slots=True)
class WrongRows:
    """How probable it is that each of n labels is wrong."""

    scenarios: NDArray[np.float64]
    """(m, n) for each of m shares that are as probable."""
    least: NDArray[np.float64]
    """(n,) if as few labels are wrong as the low end of the share says."""
    most: NDArray[np.float64]
    """(n,) if as many are as the high end says."""

    @property
    def likely(self) -> NDArray[np.float64]:
        """(n,) over the scenarios; the mean is the estimated share."""
        return np.asarray(self.scenarios.mean(0))


def wrong_rows(posterior: NDArray[np.float64], seen: SeenErrors) -> WrongRows:
    """Spreads the share of wrong labels over the rows: the noise model's log odds that a label is wrong (`posterior`
    (n,) is that it is right), moved alike for all rows until as many are wrong as the share says."""
    right = np.clip(posterior, SURE, 1 - SURE)
    odds, share = np.log1p(-right) - np.log(right), seen.share
    scenarios = np.stack([_moved(odds, possible) for possible in seen.shares])
    return WrongRows(scenarios, _moved(odds, share.low), _moved(odds, share.high))


def as_probable(right: NDArray[np.float64], share: Estimate) -> WrongRows:
    """Labels that are each as probably right as `right` (n,) says, and the ends of the share that are possible."""
    odds = np.log1p(-np.clip(right, SURE, 1 - SURE)) - np.log(np.clip(right, SURE, 1 - SURE))
    return WrongRows((1 - right)[None], _moved(odds, share.low), _moved(odds, share.high))


def count_to_flag(wrong: WrongRows, worst_first: NDArray[np.int64]) -> int:
    """The length of the list (`worst_first` (n,) orders the rows) with the best F1 to be expected, on average over the
    scenarios; 0 where not even one label is expected to be wrong."""
    lengths = np.arange(1, len(worst_first) + 1)
    expected = np.zeros(len(lengths))
    for scenario in wrong.scenarios:
        expected += 2 * np.cumsum(scenario[worst_first]) / (lengths + max(scenario.sum(), SURE))
    return int(expected.argmax()) + 1 if wrong.likely.sum() >= 0.5 else 0


def flag_curve(wrong: WrongRows, worst_first: NDArray[np.int64], flagged: int) -> Curve:
    """How many wrong labels the list of the worst rows holds, by its length; `flagged` is one of the lengths."""
    rows = len(worst_first)
    spread = np.geomspace(1, max(rows, 1), POINTS).round().astype(np.int64)
    lengths = np.unique(np.r_[spread, flagged, ROUND])
    lengths = lengths[(lengths > 0) & (lengths <= rows)]
    likely = np.cumsum(wrong.likely[worst_first])[lengths - 1]
    least = np.cumsum(wrong.least[worst_first])[lengths - 1]
    most = np.cumsum(wrong.most[worst_first])[lengths - 1]
    return Curve(lengths, likely, np.minimum(least, likely), np.maximum(most, likely))


def _moved(odds: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """(n,) probabilities with the mean `share` from log odds (n,) that are all moved by the same amount."""
    if share <= 0 or not len(odds):
        return np.zeros(len(odds))
    counts, edges = np.histogram(odds, BINS)
    centres, rows = (edges[:-1] + edges[1:]) / 2, len(odds)
    low, high = -60.0, 60.0
    for _ in range(50):
        middle = (low + high) / 2
        too_few = float(counts @ expit(centres + middle)) < share * rows
        low, high = (middle, high) if too_few else (low, middle)
    moved = expit(odds + low)
    return np.asarray(np.minimum(moved * (share / max(float(moved.mean()), SURE)), 1.0))
