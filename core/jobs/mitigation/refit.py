"""Heads of all arms over the same folds, fitted together, and what each says of the rows that it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.arrays.device import device
from core.arrays.precision import fast_products
from core.heads.folds import assign_folds
from core.heads.head import Curvature, fit
from core.heads.heads import ENOUGH, EXACT, EXACT_UP_TO, Heads, training_rows
from core.heads.link import SOFTMAX
from core.heads.objective import Features, Objective
from core.heads.out_of_sample import REPEAT_UP_TO, REPEATS
from core.heads.penalty import best_penalty
from core.jobs.mitigation.spec import Arm
from core.jobs.mitigation.weights import Integers, weights


def refitted(
    embeddings: NDArray[np.float32],
    labels: Integers,
    groups: Integers,
    clusters: Integers,
    classes: int,
    arms: Sequence[Arm],
    *,
    folds: int,
    seed: int,
    scratch: Path | None = None,
    on_step: Callable[[], None] = lambda: None,
) -> tuple[Integers, int]:
    """(arms, n) the class that each arm's heads find most probable for rows outside of what they learn from, and how
    many rows they learnt from.

    embeddings (n, d) float32; labels, groups and clusters (n,): rows of a cluster share a fold. Rows count by those
    that a head learns from alone. All arms share folds and penalty, that which suits the rows as they are, so that they
    differ in how rows count and in nothing else. With few rows they are cut into folds several times over, and
    probabilities averaged, as in a scan.
    """
    repeats = REPEATS if len(labels) * classes <= REPEAT_UP_TO else 1
    assigned = np.stack([assign_folds(labels, clusters, folds, seed + repeat) for repeat in range(repeats)], 1)
    features = Features.of(torch.from_numpy(np.ascontiguousarray(embeddings)).to(device()))
    training = training_rows(labels, classes, features.width, folds * len(arms))
    heads = Heads(features, Curvature.of(features, SOFTMAX), labels, classes, training, scratch)
    l2 = best_penalty(heads, assigned[:, 0], folds, on_step).l2
    counted = np.empty((len(training), len(arms) * repeats * folds), np.float32)
    for place in range(repeats * folds):
        repeat, fold = divmod(place, folds)
        seen = np.flatnonzero(assigned[training, repeat] != fold)
        rows = training[seen]
        for at, arm in enumerate(arms):
            column = np.zeros(len(training))
            column[seen] = weights(arm, labels[rows], groups[rows], seed + place)
            counted[:, at * repeats * folds + place] = column / max(1.0, column.sum())
    where = features.embeddings.device
    known = features if len(training) == len(labels) else features.take(torch.from_numpy(training).to(where))
    given, shares = torch.from_numpy(labels[training]).to(where), torch.from_numpy(counted).to(where)
    tolerance = EXACT if len(training) <= EXACT_UP_TO else ENOUGH
    with fast_products():
        objective = Objective(known, given, shares, classes, l2, SOFTMAX)
        fitted = fit(objective, heads.curvature, tolerance=tolerance, on_step=on_step)
    found = np.empty((len(arms), len(labels)), np.int64)
    for at in range(len(arms)):
        total = np.zeros((len(labels), classes), np.float32)
        for repeat in range(repeats):
            first = (at * repeats + repeat) * folds
            total += SOFTMAX.probabilities(heads.logits(fitted[first : first + folds], assigned[:, repeat]), 1.0)
        found[at] = total.argmax(1)
        on_step()
    return found, len(training)
