"""What the models of one seed learn from: one resample of the training rows, labelled in three ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import row_chunks
from core.records import ARMS, Arm
from core.targets import Labels
from core.targets.arrays import numeric, same, unlabelled

OUT = -1
"""In place of the class of a training row that is left out, or of each of its answers where labels are sets; of numbers
it is NaN."""
CELLS = 1 << 22
"""Answers that are drawn for at a time."""
SELDOM = 1e-9
"""Odds of what review never did, against 1 for what it did once: all else comes first."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One seed's rows and labels: the models of its arms differ in labels alone."""

    times: NDArray[np.int64]
    """(n,) how often each training row is in the resample."""
    labels: Mapping[Arm, Labels]

    def weights(self, arm: Arm) -> NDArray[np.float32]:
        """(n,) share of each row in what the arm's model learns from; they sum to 1."""
        kept = self._kept(arm).astype(np.float32)
        return np.asarray(kept / max(1, kept.sum()), np.float32)

    def rows(self, arm: Arm) -> NDArray[np.int64]:
        """Positions that the arm's model learns from, ascending, each as often as it was drawn."""
        return np.repeat(np.arange(len(self.times)), self._kept(arm))

    def _kept(self, arm: Arm) -> NDArray[np.int64]:
        return np.where(unlabelled(self.labels[arm]), 0, self.times)


def draw(given: Labels, reviewed: Labels, classes: int, seed: int) -> Draw:
    """As many training rows as there are, drawn with replacement (Efron 1979), and as many random changes as review
    made, among all of them. The same seed draws the same."""
    generator = np.random.default_rng(seed)
    rows = len(given)
    times = np.bincount(generator.integers(rows, size=rows), minlength=rows)
    return Draw(times, dict(zip(ARMS, (given, reviewed, changed(given, reviewed, classes, generator)), strict=True)))


def changed(given: Labels, reviewed: Labels, classes: int, generator: np.random.Generator) -> Labels:
    """The labels as given with as many relabelled rows and as many left out as review has, at random; in the relabelled
    rows the balance of the classes shifts the same way as in review, see below, and numbers by the same amounts."""
    excluded = unlabelled(reviewed)
    relabelled = ~same(given, reviewed) & ~excluded
    chosen = generator.choice(len(given), int(relabelled.sum() + excluded.sum()), replace=False)
    found = given.copy()
    found[chosen[: excluded.sum()]] = np.nan if numeric(given) else OUT
    moved = chosen[excluded.sum() :]
    if numeric(given):
        found[moved] = given[moved] + generator.permutation(reviewed[relabelled] - given[relabelled])
    elif given.ndim == 1:
        found[moved] = _other_classes(given[moved], reviewed[relabelled], classes, generator)
    else:
        found[moved] = _other_answers(given[moved], given[relabelled], reviewed[relabelled], generator)
    return found


def _other_classes(labels: Labels, to: Labels, classes: int, generator: np.random.Generator) -> Labels:
    """(m,) for each of the labels (m,) one of the other classes, with the frequency with which review changed labels
    `to` them; where it changed none to any other class than the row's own, all others are as likely."""
    found = labels.copy()
    targets = np.bincount(to, minlength=classes).astype(np.float64)
    for own in np.unique(labels):
        mine = np.flatnonzero(labels == own)
        odds = targets.copy()
        odds[own] = 0
        if not odds.any():
            odds = (np.arange(classes) != own).astype(np.float64)
        found[mine] = generator.choice(classes, len(mine), p=odds / odds.sum())
    return found


def _other_answers(labels: Labels, given: Labels, reviewed: Labels, generator: np.random.Generator) -> Labels:
    """The sets `labels` (m, k), each with as many answers flipped as review flipped in one of its rows, `given` and
    `reviewed` (m, k): a class is given or taken with the frequency with which review gave or took it; where review did
    too few of what can be done to a row, all the rest is as likely.

    Whole sets are not swapped between rows: that flips far more answers than most corrections do.
    """
    flips = (given != reviewed).sum(1)
    gave, took = ((given < reviewed).sum(0), (given > reviewed).sum(0))
    found = labels.copy()
    for part in row_chunks(len(labels), labels.shape[1], CELLS):
        odds = np.maximum(np.where(labels[part] > 0, took, gave), SELDOM)
        # A race with these rates: the first to arrive are a draw without replacement.
        places = (generator.standard_exponential(odds.shape) / odds).argsort(1).argsort(1)
        found[part] ^= places < flips[part, None]
    return found
