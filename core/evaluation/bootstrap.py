"""95 % intervals by the bootstrap of rows (Efron 1979), percentile method, seeded; of an accuracy by Wilson's method.

Where all rows are right, or all wrong, every resample is as well: it knows nothing of the errors that more rows would
show. There the number of rows says what may be (`core.proportions`).

Rows of one cell of the confusion matrix are alike, so that drawing n rows with replacement is one multinomial draw over
the cells: exact, without touching the rows. That costs as much for a cell of one row as for one of a thousand; so the
rows of all sparse cells count as one category, and within it are drawn one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Cells, Integers, Sums, sums
from core.evaluation.metrics import Floats, f1_scores, figures, occurring
from core.evaluation.multi_label import SetPairs, exact, macro_f1, micro_f1
from core.progress import Report
from core.proportions import unseen, wilson
from core.records import Estimate, Interval

RESAMPLES = 1_000
SEED = 0
_BATCH = 16
"""Draws of sets that are summed at once; they take as many numbers as there are pairs, each."""
_SPARSE = 12
"""Rows in a cell up to which drawing them one by one is the quicker way: 100 ns a cell, 8 ns a row."""


def score_intervals(matrix: Cells, on_progress: Report) -> tuple[Interval, Interval]:
    """95 % intervals of accuracy and of macro F1. `on_progress` is told resamples done, and how many there are."""
    found = np.empty((RESAMPLES, 2))
    for place, (drawn,) in enumerate(resamples(matrix.true, (matrix.predicted,), matrix.count, matrix.classes)):
        found[place] = figures(drawn)[:2]
        on_progress(place + 1, RESAMPLES)
    return accuracy_interval(matrix.sums()), macro_interval(matrix.sums(), intervals(found)[1])


def set_figures(found: Sums) -> Floats:
    """(2 + k,) micro F1, macro F1, F1 by class of predictions that are sets of classes."""
    return np.concatenate(([micro_f1(found), macro_f1(found)], f1_scores(found)))


def set_score_intervals(found: SetPairs, on_progress: Report) -> tuple[Interval, Interval, Interval]:
    """95 % intervals of subset accuracy, micro F1 and macro F1. `on_progress` as in `score_intervals`."""
    drawn = np.empty((RESAMPLES, 2))
    for place, (one,) in enumerate(set_resamples((found,))):
        drawn[place] = micro_f1(one), macro_f1(one)
        on_progress(place + 1, RESAMPLES)
    return set_intervals(found, intervals(drawn))


def set_intervals(found: SetPairs, drawn: Sequence[Interval]) -> tuple[Interval, Interval, Interval]:
    """Those of subset accuracy, micro F1 and macro F1, of which `drawn` are the resamples' of the last two; where these
    are all alike, what the rows with any class, and those with each, leave open."""
    low, high = wilson(np.asarray(exact(found)), np.asarray(found.rows))
    by_class = found.sums()
    # Where all answers are right, or none is, each class has as many rows as are true or predicted.
    rows = by_class.support + by_class.predicted_count - by_class.true_positives
    with_any = found.count[np.unique(np.concatenate([one.pair for one in (found.hits, found.missed, found.added)]))]
    open_ends = unseen(rows) * (rows > 0)
    widths = float(unseen(with_any.sum())), float(np.sqrt((open_ends**2).sum()) / max(1, len(rows)))
    micro, macro = (
        ends if ends[0] != ends[1] else (max(0.0, ends[0] - width), min(1.0, ends[1] + width))
        for ends, width in zip(drawn, widths, strict=True)
    )
    return (float(low), float(high)), micro, macro


def accuracy_interval(found: Sums) -> Interval:
    """The 95 % interval of the share of rows predicted right."""
    low, high = wilson(found.true_positives.sum(), found.support.sum())
    return float(low), float(high)


def macro_interval(found: Sums, drawn: Interval) -> Interval:
    """`drawn`, the resamples' interval of macro F1; where they are all alike, what the rows by class leave open.

    The ends of a mean of independent figures are apart by the root of the sum of the squares of theirs (Zou and Donner
    2008).
    """
    if drawn[0] != drawn[1]:
        return drawn
    open_ends = unseen(found.support[occurring(found)])
    width = float(np.sqrt((open_ends**2).sum()) / max(1, len(open_ends)))
    return max(0.0, drawn[0] - width), min(1.0, drawn[1] + width)


def difference_estimate(difference: float, drawn: Interval, rows: int) -> Estimate:
    """With `drawn`, the resamples' interval of the difference; where they are all alike, what `rows` leave open.

    No row of n has told two predictions apart: as many may as `unseen` says. All have, in one direction: as many may
    not, or in the other one.
    """
    apart = float(difference)
    if drawn[0] != drawn[1]:
        return Estimate(apart, *drawn)
    width = float(unseen(np.asarray(rows))) * (1 + abs(apart))
    return Estimate(apart, max(-1.0, apart - width), min(1.0, apart + width))


def intervals(values: Floats) -> list[Interval]:
    """The 2.5th and the 97.5th percentile of each column of (resamples, figures)."""
    low, high = np.quantile(values, (0.025, 0.975), axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def resamples(
    true: Integers, predictions: Sequence[Integers], count: Integers, classes: int, seed: int = SEED
) -> Iterator[tuple[Sums, ...]]:
    """`RESAMPLES` times as many rows as there are, drawn with replacement: each of the `predictions` on these rows.

    Cells are given by their true class, predicted classes and `count` of rows, each (cells,).
    """
    # A right prediction of class c is counted under k + c: one count gives both right and predicted.
    columns = [true, *(predicted + classes * (predicted == true) for predicted in predictions)]
    dense, sparse_rows = _parts(count)
    of_rows, of_dense = [column[sparse_rows] for column in columns], [column[dense] for column in columns]
    for of_cells, chosen in _draws(count, seed):
        support, *counted = (
            np.bincount(rows[chosen], minlength=2 * classes) + sums(cells, of_cells, 2 * classes)
            for rows, cells in zip(of_rows, of_dense, strict=True)
        )
        yield tuple(Sums(one[classes:], support[:classes], one[:classes] + one[classes:]) for one in counted)


def set_resamples(found: Sequence[SetPairs], seed: int = SEED) -> Iterator[tuple[Sums, ...]]:
    """`resamples` of predictions that are sets of classes; all of `found` have the same pairs and counts."""
    from scipy.sparse import csr_array, vstack

    count, classes = found[0].count, found[0].classes
    entries = [part for one in found for part in (one.hits, one.missed, one.added)]
    # (3k per prediction, pairs): one product sums many draws by class at once.
    of_class = vstack(
        [csr_array((np.ones(len(part.pair)), (part.of_class, part.pair)), (classes, len(count))) for part in entries],
        format="csr",
    )
    for drawn in _batches(count, seed):
        for summed in (of_class @ drawn).astype(np.int64).T:
            parts = summed.reshape(len(found), 3, classes)
            yield tuple(Sums(hits, hits + missed, hits + added) for hits, missed, added in parts)


def mean_resamples(values: Floats, count: Integers, seed: int = SEED) -> Iterator[Floats]:
    """The means (f,) over the rows that `set_resamples` draws of what all rows of each pair have, (f, pairs)."""
    for drawn in _batches(count, seed):
        yield from (values @ drawn).T / count.sum()


def _batches(count: Integers, seed: int) -> Iterator[Floats]:
    """(pairs, b) of `_draws`, how many rows of each pair are in each of b."""
    dense, sparse_rows = _parts(count)
    draws = _draws(count, seed)
    while batch := list(islice(draws, _BATCH)):
        drawn = np.empty((len(count), len(batch)))
        for place, (of_cells, chosen) in enumerate(batch):
            drawn[:, place] = np.bincount(sparse_rows[chosen], minlength=len(count))
            drawn[dense, place] = of_cells
        yield drawn


def _parts(count: Integers) -> tuple[Integers, Integers]:
    """The dense cells, and the cell of each row of the others."""
    sparse = np.flatnonzero(count <= _SPARSE)
    return np.flatnonzero(count > _SPARSE), np.repeat(sparse, count[sparse])


def _draws(count: Integers, seed: int) -> Iterator[tuple[Integers, NDArray[np.uint32]]]:
    """`RESAMPLES` times, how many rows of each dense cell are drawn, and which of the rows of `_parts`."""
    generator = np.random.default_rng(seed)
    dense, sparse_rows = _parts(count)
    shares = np.append(len(sparse_rows), count[dense]) / count.sum()
    for _ in range(RESAMPLES):
        alone, *_ = drawn = generator.multinomial(count.sum(), shares)
        yield drawn[1:], generator.integers(max(1, len(sparse_rows)), size=alone, dtype=np.uint32)
