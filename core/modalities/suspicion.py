"""What is measured of examples, held against a limit and against the dataset: which of them have a fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.modalities.faults import COMMON, SPREADS

TENTH = 1.2816
"""Standard deviations of a normal distribution between its median and its outer tenth."""


@dataclass(frozen=True, slots=True, eq=False)
class Suspicion:
    """One fault among n examples."""

    value: NDArray[np.floating[Any]]
    """(n,) what was measured, 0 or more; NaN where nothing was."""
    limit: float
    """An example has the fault only beyond it."""
    low: bool = False
    """Whether the fault lies below the limit; else above."""
    ratios: bool = False
    """Whether what is measured is compared by how many times as much it is, such as lengths; else by differences."""
    certain: float | None = None
    """Beyond it an example has the fault however the others are; None: beyond the limit it must be unlike them, too."""
    amiss: bool = False
    """Whether it is worth saying where so many have it that it is how the dataset is."""
    usual: float | None = None
    """What is said to be usual; None: the median."""
    found: Sequence[str] | None = None
    """(n,) what was found in each, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Which of n examples have a fault."""

    score: NDArray[np.float64]
    """(n,) 0.5 at the limit, lower beyond it, 1 far from it."""
    has: NDArray[np.bool_]
    """(n,)"""
    share: float
    """Of the examples, those beyond the limit; where that is more than `COMMON`, none of them has the fault."""
    usual: float


def judged(suspicion: Suspicion) -> Judged:
    """Holds what was measured against the limit and, unless that says all, against what the other examples measure."""
    value = np.asarray(suspicion.value, np.float64)
    known = ~np.isnan(value)
    usual = float(np.median(value[known])) if known.any() else 0.0
    share = float(_beyond(value, suspicion.limit, suspicion.low).sum() / max(1, len(value)))
    limit = _limit(value[known], suspicion)
    score = np.ones(len(value))
    if share <= COMMON and known.any():
        score[known] = _score(value[known], limit, suspicion.low)
    told = usual if suspicion.usual is None else suspicion.usual
    return Judged(score, score < 0.5, share, told)


def _limit(value: NDArray[np.float64], suspicion: Suspicion) -> float:
    """The limit, or where the dataset's own examples lie beyond it, `SPREADS` times their spread from the median. The
    spread is that of the side that is asked about, from its outer tenth: fewer faults than that do not move it."""
    if not len(value):
        return suspicion.limit
    scaled = np.log(np.maximum(value, 1e-9)) if suspicion.ratios else value
    median, tenth = np.quantile(scaled, (0.5, 0.1 if suspicion.low else 0.9))
    unlike = median + SPREADS * (tenth - median) / TENTH
    unlike = float(np.exp(unlike) if suspicion.ratios else unlike)
    if suspicion.low:
        return max(min(suspicion.limit, unlike), suspicion.certain or 0.0)
    return min(max(suspicion.limit, unlike), np.inf if suspicion.certain is None else suspicion.certain)


def _beyond(value: NDArray[np.float64], limit: float, low: bool) -> NDArray[np.bool_]:
    return value < limit if low else value > limit


def _score(value: NDArray[np.float64], limit: float, low: bool) -> NDArray[np.float64]:
    """Half of how many times the limit is kept, at most 1."""
    if low:
        return np.minimum(value / (2 * limit), 1.0) if limit > 0 else np.ones(len(value))
    return np.asarray(np.minimum(limit / np.maximum(2 * value, 1e-12), 1.0))
