"""How strongly to hold heads back: the L2 penalty under which rows that they have not seen are most probable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from core.heads.calibration import sample_rows, temperature
from core.heads.heads import Heads
from core.heads.link import link_of, log_loss
from core.targets.arrays import unlabelled

GRID: tuple[float, ...] = tuple(float(10.0 ** (-1 - step / 2)) for step in range(12))
"""Penalties to try, strong to weak."""
FIRST = 0.5
"""The search starts at the penalty next to this over the number of rows: the more rows, the weaker the best one."""
ALL_FOLDS_UP_TO = 4_000
"""With more rows, one fold is enough to tell penalties apart."""


@dataclass(frozen=True, slots=True)
class Penalty:
    """A penalty that was found."""

    l2: float
    temperature: float
    """The divisor of its heads' logits that makes unseen rows most probable."""
    heads: Tensor | None
    """Its heads (folds, d+1, k), roughly fitted, where all folds were."""


def best_penalty(heads: Heads, folds_of: NDArray[np.int64], folds: int, on_step: Callable[[], None]) -> Penalty:
    """The penalty of `GRID` with the lowest out-of-sample log loss after its own temperature: downhill from the first
    guess, to weaker ones as long as that helps, else to stronger ones; each fit starts at the one before."""
    tried = range(folds) if len(folds_of) <= ALL_FOLDS_UP_TO else range(1)
    rows = np.flatnonzero(np.isin(folds_of, tried) & ~unlabelled(heads.labels))
    rows = rows[sample_rows(len(rows), heads.classes)]

    def loss(step: int, start: Tensor | None) -> tuple[float, Penalty]:
        fitted = heads.fitted(folds_of[:, None], tried, GRID[step], start=start, on_step=on_step, rough=True)
        logits = heads.logits(fitted, folds_of, rows)
        divisor = temperature(logits, heads.labels[rows])
        probable = link_of(heads.labels).probabilities(logits, divisor)
        return log_loss(probable, heads.labels[rows]), Penalty(GRID[step], divisor, fitted)

    first = int(np.argmin(np.abs(np.log(np.array(GRID) * len(folds_of) / FIRST))))
    best = first
    lowest, found = loss(first, None)
    for direction in (1, -1):
        while 0 <= best + direction < len(GRID):
            other_loss, other = loss(best + direction, found.heads)
            if other_loss >= lowest:
                break
            lowest, best, found = other_loss, best + direction, other
        if best != first:
            break
    return found if len(tried) == folds else replace(found, heads=None)
