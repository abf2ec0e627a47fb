"""What the models of one seed learn from: one resample of the training rows, labelled in three ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import ARMS, Arm

Labels = NDArray[np.int64]
"""Class of each training row (n,); `OUT` where it is left out."""
OUT = -1


@dataclass(frozen=True, slots=True)
class Draw:
    """One seed's rows and labels: the models of its arms differ in labels alone."""

    times: NDArray[np.int64]
    """(n,) how often each training row is in the resample."""
    labels: Mapping[Arm, Labels]

    def weights(self, arm: Arm) -> NDArray[np.float32]:
        """(n,) share of each row in what the arm's model learns from; they sum to 1."""
        kept = np.where(self.labels[arm] == OUT, 0, self.times).astype(np.float32)
        return np.asarray(kept / max(1, kept.sum()), np.float32)

    def rows(self, arm: Arm) -> NDArray[np.int64]:
        """Positions that the arm's model learns from, ascending, each as often as it was drawn."""
        return np.repeat(np.arange(len(self.times)), np.where(self.labels[arm] == OUT, 0, self.times))


def draw(given: Labels, reviewed: Labels, classes: int, seed: int) -> Draw:
    """As many training rows as there are, drawn with replacement (Efron 1979), and as many random changes as review
    made, among all of them. The same seed draws the same."""
    generator = np.random.default_rng(seed)
    rows = len(given)
    times = np.bincount(generator.integers(rows, size=rows), minlength=rows)
    return Draw(times, dict(zip(ARMS, (given, reviewed, changed(given, reviewed, classes, generator)), strict=True)))


def changed(given: Labels, reviewed: Labels, classes: int, generator: np.random.Generator) -> Labels:
    """The labels as given with as many relabelled rows and as many left out as review has, at random.

    A relabelled row gets one of the other classes with the frequency with which review changed labels to them, so that
    the balance of the classes shifts the same way; where review changed none to any other class than the row's own, all
    others are as likely.
    """
    relabelled = (reviewed != given) & (reviewed != OUT)
    excluded = int((reviewed == OUT).sum())
    chosen = generator.choice(len(given), int(relabelled.sum()) + excluded, replace=False)
    found = given.copy()
    found[chosen[:excluded]] = OUT
    targets = np.bincount(reviewed[relabelled], minlength=classes).astype(np.float64)
    moved = chosen[excluded:]
    for own in np.unique(given[moved]):
        mine = moved[given[moved] == own]
        odds = targets.copy()
        odds[own] = 0
        if not odds.any():
            odds = (np.arange(classes) != own).astype(np.float64)
        found[mine] = generator.choice(classes, len(mine), p=odds / odds.sum())
    return found
