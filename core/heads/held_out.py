"""Out-of-sample probabilities of a model that learns from some rows and is asked about others: once for each fold,
without it. Of rows, or of the words of texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import empty
from core.heads.calibration import calibrate
from core.heads.folds import assign_folds, unseen_rows
from core.heads.link import link_of, log_loss
from core.heads.out_of_sample import OutOfSample
from core.heads.ridge import Numbers
from core.heads.words import strata_of_texts
from core.targets import Labels
from core.targets.arrays import unlabelled
from core.targets.number.residuals import strata_of

Rows = NDArray[np.int64]
Ask = Callable[[int, Rows, Rows], NDArray[np.float32]]
"""Given the number of a fold, the rows (t,) to learn from and the rows (m,) that are held out, both ascending: what the
model says of these, (m, k), or (w, k) of their w words."""


def held_out_probabilities(
    ask: Ask,
    labels: Labels,
    clusters: NDArray[np.int64],
    classes: int,
    *,
    folds: int,
    seed: int,
    scratch: Path | None = None,
) -> OutOfSample:
    """Probabilities of every class for every row from models that have not seen its cluster, with one temperature.

    labels in their array form, clusters (n,): rows of a cluster share a fold. Rows without a label are judged as the
    others are and learnt from by no model.
    """
    link, told = link_of(labels), ~unlabelled(labels)
    folds_of = assign_folds(link.strata(labels), clusters, folds, seed)
    found = empty((len(labels), classes), scratch)
    found[:] = 0.5 if labels.ndim > 1 else 1 / classes
    for fold, train, held in _parts(folds_of, told, folds):
        found[held] = ask(fold, train, held)
    divisor = calibrate(found, labels)
    judged = ~link.unseen(labels, folds_of)
    return OutOfSample(found, log_loss(found, labels), divisor, 0.0, 1, int(told.sum()), judged)


def held_out_numbers(
    ask: Ask, values: NDArray[np.float64], clusters: NDArray[np.int64], *, folds: int, seed: int
) -> Numbers:
    """The same of numbers. values (n,), NaN for none."""
    told, strata = np.isfinite(values), strata_of(values)
    found = np.full(len(values), values[told].mean())
    for fold, train, held in _parts(assign_folds(strata, clusters, folds, seed), told, folds):
        found[held] = ask(fold, train, held)[:, 0]
    return Numbers(found, 0.0, 1, int(told.sum()))


def held_out_words(
    ask: Ask,
    offsets: NDArray[np.int64],
    labels: NDArray[np.int64],
    told: NDArray[np.bool_],
    clusters: NDArray[np.int64],
    classes: int,
    *,
    folds: int,
    seed: int,
    scratch: Path | None = None,
) -> OutOfSample:
    """(w, k) for the words of n texts, whose words begin at `offsets` (n + 1,) and whose given classes are `labels`
    (w,), -1 for those of a text that is not `told` (n,): by models that have seen no text of its text's cluster."""
    text = np.repeat(np.arange(len(clusters)), np.diff(offsets))
    folds_of = assign_folds(strata_of_texts(labels, text, len(clusters)), clusters, folds, seed)
    found = empty((len(labels), classes), scratch)
    found[:] = 1 / classes
    for fold, train, held in _parts(folds_of, told, folds):
        found[np.isin(text, held)] = ask(fold, train, held)
    divisor = calibrate(found, labels)
    judged = ~unseen_rows(labels, folds_of[text])
    return OutOfSample(found, log_loss(found, labels), divisor, 0.0, 1, int((labels >= 0).sum()), judged)


def _parts(folds_of: Rows, told: NDArray[np.bool_], folds: int) -> list[tuple[int, Rows, Rows]]:
    """Each fold that holds rows and leaves some to learn from."""
    learnt = (np.flatnonzero((folds_of != fold) & told) for fold in range(folds))
    parts = ((fold, train, np.flatnonzero(folds_of == fold)) for fold, train in enumerate(learnt))
    return [(fold, train, held) for fold, train, held in parts if len(train) and len(held)]
