"""Models that learnt from different numbers, scored on the same test rows: paired differences of how far off they are.

Both chances, that of the seeds and that of the test rows, are resampled and added up as in `core.evaluation.effect`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.evaluation.effect import Scored, compared
from core.evaluation.numbers import FIGURES, drawn_means, of_means
from core.progress import Report, unheard
from core.records import Arm, ArmComparison

Floats = NDArray[np.float64]
NO_CLASSES = np.empty(0, np.int64)


def compare_number_arms(
    true: Floats, predictions: Mapping[Arm, Floats], on_progress: Report
) -> tuple[ArmComparison, ...]:
    """Compares the `PAIRS` on n test rows whose labels are `true` (n,), by what the models of each kind predict,
    (seeds, n): row s of every kind learnt from the same resample of the training rows.

    The same rows and predictions give the same answer. `on_progress` is told resamples done, and how many there are.
    """
    arms = list(predictions)
    off = np.concatenate([predictions[arm] for arm in arms]) - true
    middle, models = float(true.mean()), len(off)
    centred = true - middle
    terms = np.concatenate([np.abs(off), off**2, centred[None], centred[None] ** 2]).T
    drawn = _figures(drawn_means(terms, on_progress), models, middle)
    scored = Scored(tuple(FIGURES), _figures(terms.mean(0), models, middle), iter(drawn), NO_CLASSES, shares=False)
    return compared(scored, arms, (), len(true), unheard)


def _figures(means: Floats, models: int, middle: float) -> Floats:
    """(…, models, figures) of means (…, 2 · models + 2)."""
    absolute, squared = means[..., :models], means[..., models : 2 * models]
    return of_means(absolute, squared, means[..., -2:-1], means[..., -1:], middle)
