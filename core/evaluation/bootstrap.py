"""95 % intervals by the bootstrap of rows (Efron 1979), percentile method, seeded.

Rows of one cell of the confusion matrix are alike, so that drawing n rows with replacement is one multinomial draw over
the cells: exact, without touching the rows. A multinomial draw costs the same for a cell of one row as for one of
a thousand; rows of sparse cells are drawn one by one instead, together one category of the multinomial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Cells, Integers, sums
from core.evaluation.metrics import Floats, f1_scores, mean_of_occurring
from core.records import Interval

RESAMPLES = 1_000
SEED = 0
_SPARSE = 8
"""Rows in a cell up to which drawing them one by one is the quicker way (measured: 100 ns a cell, 13 ns a row)."""

Report = Callable[[float, float], None]
"""Is told how much is done, and of how much."""


def resampled(count: Integers, seed: int = SEED) -> Iterator[Integers]:
    """`RESAMPLES` draws of n = sum of `count` rows with replacement, each as (cells,) rows per cell."""
    generator = np.random.default_rng(seed)
    sparse = np.flatnonzero(count <= _SPARSE)
    dense = np.flatnonzero(count > _SPARSE)
    rows = np.repeat(sparse, count[sparse])
    total = int(count.sum())
    shares = np.append(count[dense], len(rows)) / max(1, total)
    for _ in range(RESAMPLES):
        *_, alone = drawn = generator.multinomial(total, shares)
        chosen = rows[generator.integers(max(1, len(rows)), size=alone, dtype=np.uint32)]
        resample = np.bincount(chosen, minlength=len(count))
        resample[dense] = drawn[:-1]
        yield resample


def score_intervals(matrix: Cells, on_progress: Report) -> tuple[Interval, Interval]:
    """95 % intervals of accuracy and of macro F1. `on_progress` is told resamples done, and how many there are."""
    right = matrix.true == matrix.predicted
    figures = np.empty((RESAMPLES, 2))
    for place, rows in enumerate(resampled(matrix.count)):
        figures[place] = scores_of(rows, right, matrix.true, matrix.predicted, matrix.classes)[:2]
        on_progress(place + 1, RESAMPLES)
    accuracy, macro = intervals(figures)
    return accuracy, macro


def scores_of(
    rows: Integers, right: NDArray[np.bool_], true: Integers, predicted: Integers, classes: int
) -> tuple[float, float, Floats]:
    """Accuracy, macro F1 and the F1 of every class of one resample, `rows` (cells,) of it in each cell."""
    hits = rows[right]
    per_class = sums(true[right], hits, classes)
    support, named = sums(true, rows, classes), sums(predicted, rows, classes)
    f1 = f1_scores(per_class, support, named)
    return float(hits.sum() / max(1, rows.sum())), mean_of_occurring(f1, support, named), f1


def intervals(values: Floats) -> list[Interval]:
    """The 2.5th and the 97.5th percentile of each column of (resamples, figures)."""
    low, high = np.quantile(values, (0.025, 0.975), axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))
