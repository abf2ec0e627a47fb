"""Out-of-sample probabilities of a model that is fitted to examples as they are: once for each fold, without it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import empty
from core.heads.calibration import calibrate
from core.heads.folds import assign_folds
from core.heads.link import link_of, log_loss
from core.heads.out_of_sample import OutOfSample
from core.modalities.fitted import Learner
from core.modalities.watched import watched
from core.progress import Report, unheard
from core.targets import Labels
from core.targets.arrays import unlabelled

MOST_ROUNDS = 150
"""Of which the best number is looked for on the first fold."""
REPEAT_UP_TO, REPEATS = 2_000, 3
"""As for heads, but each fit of a model takes as long as all heads together."""
TRAINED = 1 << 21
"""Rows times classes that a fit learns from at most: each round grows a tree per class."""


def refitted_probabilities(
    learner: Learner,
    labels: Labels,
    clusters: NDArray[np.int64],
    classes: int,
    *,
    folds: int,
    seed: int,
    scratch: Path | None = None,
    tick: Report = unheard,
) -> OutOfSample:
    """Probabilities of every class for every row from models that have not seen its cluster, with one temperature.

    labels in their array form, clusters (n,): rows of a cluster share a fold. `tick` is called between fits
    and while one lasts: what it raises ends the wait at once.
    """
    repeats = REPEATS if len(labels) * classes <= REPEAT_UP_TO else 1
    link = link_of(labels)
    strata, several = link.strata(labels), labels.ndim > 1
    assigned = [assign_folds(strata, clusters, folds, seed + repeat) for repeat in range(repeats)]
    sampled, told = _sampled(len(labels), classes, folds, seed), ~unlabelled(labels)
    probabilities, rounds, divisors = np.zeros((len(labels), classes), np.float32), None, []
    for repeat, folds_of in enumerate(assigned):
        part = empty((len(labels), classes), scratch)
        for fold in range(folds):
            look = partial(tick, repeat * folds + fold, repeats * folds)
            look()
            within, rows = np.flatnonzero(folds_of == fold), np.flatnonzero((folds_of != fold) & sampled & told)
            if not len(within) or not len(rows):
                part[within] = 0.5 if several else 1 / classes
                continue
            learn = partial(learner.fit, rows, labels[rows])
            if rounds is None:
                known = within[told[within]]
                rounds = watched(partial(learn, MOST_ROUNDS), look).best_rounds(known, labels[known])
            part[within] = watched(partial(learn, rounds), look).probabilities(within)
        divisors.append(calibrate(part, labels))
        probabilities += part
    probabilities /= np.float32(repeats)
    tick(1, 1)
    return OutOfSample(
        probabilities,
        log_loss(probabilities, labels),
        divisors[0],
        0.0,
        repeats,
        int((sampled & told).sum()),
        ~np.any([link.unseen(labels, folds_of) for folds_of in assigned], axis=0),
    )


def _sampled(rows: int, classes: int, folds: int, seed: int) -> NDArray[np.bool_]:
    """(n,) which rows are learnt from: all of them where that does not take too long."""
    size = max(1, TRAINED // classes) * folds // max(1, folds - 1)
    chosen = np.ones(rows, bool)
    if size < rows:
        chosen[:] = False
        chosen[np.random.default_rng(seed).choice(rows, size, replace=False)] = True
    return chosen
