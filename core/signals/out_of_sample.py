"""Out-of-sample probabilities of one encoder's embeddings: each row is judged by heads that never saw its cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.signals.calibration import log_loss, sample_rows, softmax, temperature
from core.signals.encoder import device
from core.signals.folds import assign_folds, unseen_rows
from core.signals.head import fit
from core.signals.objective import Features, Objective
from core.signals.scratch import empty, row_chunks

L2_PATH = tuple(10.0 ** (-1.5 - step / 2) for step in range(8))
"""Penalties to try, strong to weak, each warmed up by the one before; it ends once the log loss rises."""
WORSE = 1.005
"""A log loss this many times the best one ends the path."""
REPEAT_UP_TO, REPEATS = 4_000, 5
"""Small datasets are cut into folds several times over and the probabilities averaged: chance weighs less."""
CPU_PASS, GPU_PASS = 2e12, 2e14
"""Floating-point operations that one pass over the rows may take; beyond it the heads learn from a sample."""
MIN_PER_CLASS = 20


@dataclass(frozen=True, slots=True)
class OutOfSample:
    """What the heads say of rows that they have not seen."""

    probabilities: NDArray[np.float32]
    """(n, k), rows sum to 1."""
    log_loss: float
    temperature: float
    l2: float
    repeats: int
    trained_rows: int
    """Rows that the heads learnt from: n, or fewer where all would have taken too long."""
    judged: NDArray[np.bool_]
    """(n,) False where the head that judged a row has never seen its label."""


def out_of_sample_probabilities(
    embeddings: NDArray[np.float32],
    labels: NDArray[np.int64],
    clusters: NDArray[np.int64],
    classes: int,
    *,
    folds: int,
    seed: int,
    scratch: Path | None = None,
    tick: Callable[[float, float], None] = lambda done, total: None,
) -> OutOfSample:
    """Probabilities of every class for every row from `folds` heads that are fitted together, each on the rows outside
    its fold. The penalty is the one with the lowest out-of-sample log loss, then one temperature is fitted.

    embeddings (n, d) float32, labels (n,) in 0 … k-1, clusters (n,): rows of a cluster share a fold.
    """
    repeats = REPEATS if len(labels) <= REPEAT_UP_TO else 1
    dealt = np.stack([assign_folds(labels, clusters, folds, seed + repeat) for repeat in range(repeats)], 1)
    features = Features.of(torch.from_numpy(np.ascontiguousarray(embeddings)).to(device()))
    passes = _Passes(tick, len(L2_PATH) + (repeats > 1))
    training = _training_rows(labels, classes, features.width, folds)
    first = _problems(features, labels, dealt[:, :1], classes, folds, training)
    best = _best_on_path(first, features, labels, dealt[:, 0], classes, folds, scratch, passes)
    probabilities = best.probabilities
    if repeats > 1:
        rest = _problems(features, labels, dealt[:, 1:], classes, folds, training)
        heads = fit(rest(best.l2), best.heads.repeat(repeats - 1, 1, 1), on_step=passes.step)
        for repeat in range(1, repeats):
            own = heads[(repeat - 1) * folds : repeat * folds]
            logits = _judged(features, own, dealt[:, repeat], classes, scratch)
            probabilities += _probabilities(logits, temperature(logits, labels))
        probabilities /= repeats
    passes.finish()
    return OutOfSample(
        probabilities,
        log_loss(probabilities, labels),
        best.temperature,
        best.l2,
        repeats,
        len(training),
        ~np.any([unseen_rows(labels, folds_of) for folds_of in dealt.T], axis=0),
    )


@dataclass(slots=True)
class _Passes:
    """Counts the way along the path for whoever waits."""

    tick: Callable[[float, float], None]
    total: int
    done: float = 0

    def step(self) -> None:
        """Within a stretch of the path every step covers part of what is left of it."""
        self.done += 0.08 * (1 - self.done % 1)
        self.tick(self.done, self.total)

    def next(self) -> None:
        self.done = float(int(self.done) + 1)
        self.tick(self.done, self.total)

    def finish(self) -> None:
        self.tick(self.total, self.total)


@dataclass(slots=True)
class _Best:
    heads: Tensor
    probabilities: NDArray[np.float32]
    l2: float
    temperature: float
    loss: float


def _best_on_path(
    problems: Callable[[float], Objective],
    features: Features,
    labels: NDArray[np.int64],
    folds_of: NDArray[np.int64],
    classes: int,
    folds: int,
    scratch: Path | None,
    passes: _Passes,
) -> _Best:
    heads: Tensor | None = None
    best: _Best | None = None
    curvature = problems(L2_PATH[0]).curvature()
    for l2 in L2_PATH:
        heads = fit(problems(l2), heads, curvature, passes.step)
        passes.next()
        logits = _judged(features, heads, folds_of, classes, scratch)
        divisor = temperature(logits, labels)
        rows = sample_rows(*logits.shape)
        loss = log_loss(softmax(np.asarray(logits[rows]), divisor), labels[rows])
        if best is None or loss < best.loss:
            best = _Best(heads, logits, l2, divisor, loss)
        elif loss > WORSE * best.loss:
            break
    assert best is not None
    best.probabilities = _probabilities(best.probabilities, best.temperature)
    return best


def _problems(
    features: Features,
    labels: NDArray[np.int64],
    dealt: NDArray[np.int64],
    classes: int,
    folds: int,
    training: NDArray[np.int64],
) -> Callable[[float], Objective]:
    """One head per fold and repeat (columns of `dealt`), as a function of the penalty."""
    where = features.embeddings.device
    held_out = torch.from_numpy(dealt[training])
    weights = torch.cat([(held_out[:, [repeat]] != torch.arange(folds)).float() for repeat in range(dealt.shape[1])], 1)
    weights = (weights / weights.sum(0).clamp_min(1)).to(where)
    given = torch.from_numpy(labels[training]).to(where)
    part = features if len(training) == len(labels) else features.take(torch.from_numpy(training).to(where))
    return lambda l2: Objective(part, given, weights, classes, l2)


def _judged(
    features: Features, heads: Tensor, folds_of: NDArray[np.int64], classes: int, scratch: Path | None
) -> NDArray[np.float32]:
    """Logits (n, k) of each row from the head of its own fold, which has not seen it."""
    logits = empty((len(folds_of), classes), scratch)
    for rows in row_chunks(len(folds_of), max(classes, features.width)):
        part, own = features.rows(rows), torch.from_numpy(folds_of[rows]).to(heads.device)
        for fold in range(len(heads)):
            mine = (own == fold).nonzero()[:, 0]
            logits[rows][mine.cpu().numpy()] = (part[mine] @ heads[fold]).cpu().numpy()
    return logits


def _probabilities(logits: NDArray[np.float32], divisor: float) -> NDArray[np.float32]:
    """In place: the logits are not needed any more."""
    for rows in row_chunks(*logits.shape):
        logits[rows] = softmax(np.asarray(logits[rows]), divisor)
    return logits


def _training_rows(labels: NDArray[np.int64], classes: int, width: int, folds: int) -> NDArray[np.int64]:
    """All rows, or the same share of every class (at least 20 rows of each) where a pass would take too long."""
    affordable = (GPU_PASS if device().type == "cuda" else CPU_PASS) / (4.0 * width * classes * folds)
    if len(labels) <= affordable:
        return np.arange(len(labels))
    # A stream of its own: drawn as the folds are, the sample of a class would lie in one fold.
    order = np.lexsort((np.random.default_rng([0, len(labels)]).random(len(labels)), labels))
    counts = np.bincount(labels, minlength=classes)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    wanted = np.maximum(MIN_PER_CLASS, np.ceil(counts * affordable / len(labels)))
    return np.sort(order[rank < np.repeat(wanted, counts)])
