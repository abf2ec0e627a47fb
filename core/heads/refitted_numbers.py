"""Out-of-sample numbers of a model that is fitted to examples as they are: once for each fold, without it."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.heads.folds import assign_folds
from core.heads.refitted import MOST_ROUNDS, REPEAT_UP_TO, REPEATS, TRAINED
from core.heads.ridge import Numbers
from core.modalities.fitted import Learner
from core.modalities.watched import watched
from core.progress import Report, unheard
from core.targets.number.residuals import strata_of


def refitted_numbers(
    learner: Learner,
    values: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    folds: int,
    seed: int,
    repeats: int | None = None,
    tick: Report = unheard,
) -> Numbers:
    """A number for every row from models that have not seen its cluster. values (n,), NaN for none, clusters (n,): rows
    of a cluster share a fold; `repeats`: how often they are cut into folds anew. `tick` is called between fits and
    while one lasts: what it raises ends the wait at once."""
    repeats = repeats or (REPEATS if len(values) <= REPEAT_UP_TO else 1)
    told, strata = np.isfinite(values), strata_of(values)
    chosen = np.flatnonzero(told)
    if len(chosen) > TRAINED:
        chosen = np.random.default_rng(seed).choice(chosen, TRAINED, replace=False)
    learnt = np.zeros(len(values), bool)
    learnt[chosen] = True
    total, rounds = np.zeros(len(values)), None
    for repeat in range(repeats):
        folds_of = assign_folds(strata, clusters, folds, seed + repeat)
        for fold in range(folds):
            look = partial(tick, repeat * folds + fold, repeats * folds)
            look()
            within, rows = np.flatnonzero(folds_of == fold), np.flatnonzero((folds_of != fold) & learnt)
            if not len(within):
                continue
            learn = partial(learner.fit, rows, values[rows])
            if rounds is None:
                known = within[told[within]]
                rounds = watched(partial(learn, MOST_ROUNDS), look).best_rounds(known, values[known])
            total[within] += watched(partial(learn, rounds), look).probabilities(within)[:, 0]
    tick(1, 1)
    return Numbers(total / repeats, 0.0, repeats, len(chosen))
