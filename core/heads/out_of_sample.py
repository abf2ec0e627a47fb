"""Out-of-sample probabilities of one encoder's embeddings: each row is judged by heads that never saw its cluster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.arrays.device import device
from core.arrays.disk_backed import row_chunks
from core.heads.calibration import temperature
from core.heads.folds import assign_folds
from core.heads.head import Curvature
from core.heads.heads import Heads, training_rows
from core.heads.link import Link, link_of, log_loss
from core.heads.objective import Features
from core.heads.penalty import best_penalty
from core.progress import Report, unheard
from core.targets import Labels

REPEAT_UP_TO, REPEATS = 20_000, 5
"""Up to so many probabilities in all, the rows are cut into folds several times over and the results averaged: with few
rows and classes much hangs on which row lands in which fold."""


@dataclass(frozen=True, slots=True)
class OutOfSample:
    """What the heads say of rows that they have not seen."""

    probabilities: NDArray[np.float32]
    """(n, k), rows sum to 1 where a row is of one class."""
    log_loss: float
    temperature: float
    """Of the first cut into folds."""
    l2: float
    repeats: int
    trained_rows: int
    """Rows that the heads learnt from: n, or fewer where all would have taken too long."""
    judged: NDArray[np.bool_]
    """(n,) False where the head that judged a row has never seen its label."""


def out_of_sample_probabilities(
    embeddings: NDArray[np.float32],
    labels: Labels,
    clusters: NDArray[np.int64],
    classes: int,
    *,
    folds: int,
    seed: int,
    scratch: Path | None = None,
    tick: Report = unheard,
) -> OutOfSample:
    """Probabilities of every class for every row from `folds` heads that are fitted together, each on the rows outside
    its fold. The penalty is the one with the lowest out-of-sample log loss, then one temperature is fitted.

    embeddings (n, d) float32, labels in their array form, clusters (n,): rows of a cluster share a fold. Rows without a
    label are judged as the others are and learnt from by no head.
    """
    repeats = REPEATS if len(labels) * classes <= REPEAT_UP_TO else 1
    link = link_of(labels)
    strata = link.strata(labels)
    assigned = np.stack([assign_folds(strata, clusters, folds, seed + repeat) for repeat in range(repeats)], 1)
    features = Features.of(torch.from_numpy(np.ascontiguousarray(embeddings)).to(device()))
    training = training_rows(labels, classes, features.width, folds)
    heads = Heads(features, Curvature.of(features, link), labels, classes, training, scratch)
    steps = _Steps(tick)
    found = best_penalty(heads, assigned[:, 0], folds, steps.step)
    fitted = heads.fitted(
        assigned, range(folds), found.l2, start=found.heads if repeats == 1 else None, on_step=steps.step
    )
    probabilities, divisors = None, []
    for repeat in range(repeats):
        logits = heads.logits(fitted[repeat * folds : (repeat + 1) * folds], assigned[:, repeat])
        divisors.append(temperature(logits, labels))
        part = _probabilities(link, logits, divisors[-1])
        probabilities = part if probabilities is None else np.add(probabilities, part, out=probabilities)
    assert probabilities is not None
    probabilities /= np.float32(repeats)
    steps.finish()
    return OutOfSample(
        probabilities,
        log_loss(probabilities, labels),
        divisors[0],
        found.l2,
        repeats,
        len(training),
        ~np.any([link.unseen(labels, folds_of) for folds_of in assigned.T], axis=0),
    )


@dataclass(slots=True)
class _Steps:
    """Counts optimiser steps for whoever waits. How many it takes is not known before: each covers a part of what is
    left, so that the count always rises and never passes its total."""

    tick: Report
    done: float = 0.0

    def step(self) -> None:
        self.done += 0.03 * (1 - self.done)
        self.tick(self.done, 1.0)

    def finish(self) -> None:
        self.tick(1.0, 1.0)


def _probabilities(link: Link, logits: NDArray[np.float32], divisor: float) -> NDArray[np.float32]:
    """In place: the logits are not needed any more."""
    for rows in row_chunks(*logits.shape):
        logits[rows] = link.probabilities(np.asarray(logits[rows]), divisor)
    return logits
