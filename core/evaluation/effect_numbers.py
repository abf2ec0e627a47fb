"""Models that learnt from different numbers, scored on the same test rows: paired differences of how far off they are.

Both chances, that of the seeds and that of the test rows, are resampled and added up as in `core.evaluation.effect`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.evaluation.bootstrap import SEED
from core.evaluation.effect import PAIRS, seed_factor
from core.evaluation.numbers import FIGURES, RESAMPLES, drawn_means, of_means
from core.progress import Report
from core.records import Arm, ArmComparison, Difference, Estimate

Floats = NDArray[np.float64]


def compare_number_arms(
    true: Floats, predictions: Mapping[Arm, Floats], on_progress: Report
) -> tuple[ArmComparison, ...]:
    """Compares the `PAIRS` on n test rows whose labels are `true` (n,), by what the models of each kind predict,
    (seeds, n): row s of every kind learnt from the same resample of the training rows.

    The same rows and predictions give the same answer. `on_progress` is told resamples done, and how many there are.
    """
    on_progress(0, RESAMPLES)
    arms, rows = list(predictions), len(true)
    seeds = len(predictions[arms[0]])
    off = np.concatenate([predictions[arm] for arm in arms]) - true
    middle, models = float(true.mean()), len(off)
    centred = true - middle
    terms = np.concatenate([np.abs(off), off**2, centred[None], centred[None] ** 2]).T
    found = _figures(terms.mean(0), models, middle).reshape(len(arms), seeds, -1)
    of_rows = _figures(drawn_means(terms, on_progress), models, middle).reshape(-1, len(arms), seeds, len(FIGURES))
    generator, widened = np.random.default_rng([SEED, seeds]), seed_factor(seeds)
    drawn_seeds = generator.integers(seeds, size=(len(of_rows), seeds))
    of_seeds = found[:, drawn_seeds].mean(2).swapaxes(0, 1) - found.mean(1)
    drawn = of_rows.mean(2) + widened * of_seeds
    scores = {arm: (found[place].mean(0), drawn[:, place]) for place, arm in enumerate(arms)}
    return tuple(
        ArmComparison(first, second, _differences(scores[first], scores[second], rows)) for first, second in PAIRS
    )


def _figures(means: Floats, models: int, middle: float) -> Floats:
    """(…, models, figures) of means (…, 2 · models + 2)."""
    absolute, squared = means[..., :models], means[..., models : 2 * models]
    return of_means(absolute, squared, means[..., -2:-1], means[..., -1:], middle)


def _differences(first: tuple[Floats, Floats], second: tuple[Floats, Floats], rows: int) -> tuple[Difference, ...]:
    low, high = np.quantile(second[1] - first[1], (0.025, 0.975), axis=0)
    return tuple(
        Difference(
            name,
            float(first[0][place]),
            float(second[0][place]),
            Estimate(float(second[0][place] - first[0][place]), float(low[place]), float(high[place])),
            rows,
        )
        for place, name in enumerate(FIGURES)
    )
