"""Puts errors into labels: a number of rows get another class, in one of four manners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.issues.signals import Probabilities
from core.targets import Labels

SELDOM = 1e-6


@dataclass(frozen=True, slots=True)
class Soil:
    """What errors are planted into."""

    labels: Labels
    """(n,) one class each, or -1 for none."""
    probabilities: Probabilities
    """(n, k) out of sample, of the labels as they are."""
    free: NDArray[np.bool_]
    """(n,) rows whose label is taken to be right: only there errors are planted."""
    noise: NDArray[np.float64]
    """(k,) how often a label of each class is estimated to be wrong; NaN where it cannot be told."""


def plant(soil: Soil, manner: str, count: int, generator: np.random.Generator) -> Labels:
    """The labels with `count` errors."""
    rows, classes = np.flatnonzero(soil.free), soil.probabilities.shape[1]
    given = soil.labels[rows]
    others = np.array(soil.probabilities[rows], np.float64)
    np.put_along_axis(others, given[:, None], 0.0, 1)
    found = soil.labels.copy()
    if manner == "near":
        others *= _overused(soil.noise)
        nearest, own = others.max(1), soil.probabilities[rows, given]
        odds = nearest / np.maximum(nearest + own, SELDOM)
        chosen = drawn(odds, count, generator)
        found[rows[chosen]] = others[chosen].argmax(1)
    elif manner == "pairs":
        taken = _class_sums(given, others, classes)
        per_row = taken.sum(1) / np.maximum(np.bincount(given, minlength=classes), 1)
        chosen = drawn(per_row[given], count, generator)
        found[rows[chosen]] = [one_of(taken[label], label, generator) for label in given[chosen]]
    elif manner == "classes":
        wrong = np.nan_to_num(soil.noise, nan=0.0) * np.bincount(given, minlength=classes)
        chosen = drawn(np.ones(len(rows)), count, generator)
        found[rows[chosen]] = [one_of(wrong, label, generator) for label in given[chosen]]
    else:
        chosen = drawn(np.ones(len(rows)), count, generator)
        found[rows[chosen]] = (given[chosen] + generator.integers(1, classes, len(chosen))) % classes
    return found


def _overused(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) how much more often than all classes each one is given wrongly; 1 where it cannot be told.

    People overuse classes: on tweets (average precision on people's errors .56 by the noise model, .44 by
    self-confidence, .17 by a vote of neighbours) errors planted so are found best by the noise model too (.47, .36,
    .38), and those planted evenly by self-confidence (.77, .83, .63).
    """
    if np.isnan(noise).all() or not np.nansum(noise):
        return np.ones(len(noise))
    mean = float(np.nanmean(noise))
    return np.asarray(np.nan_to_num(noise, nan=mean) / mean + SELDOM, np.float64)


def drawn(odds: NDArray[np.float64], count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Places of `count` rows, drawn without replacement with these odds: a race, whose first to arrive are taken."""
    arrival = generator.standard_exponential(len(odds)) / np.maximum(odds, SELDOM)
    return np.sort(np.argsort(arrival)[:count])


def _class_sums(given: Labels, others: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """(k, k) how much of the probability of the rows of each class goes to each other one."""
    sums = np.zeros((classes, classes))
    np.add.at(sums, given, others)
    return sums


def one_of(odds: NDArray[np.float64], but: int, generator: np.random.Generator) -> int:
    """A class with these odds (k,), never `but`; any other one where there are none."""
    other = odds.copy()
    other[but] = 0
    if not other.any():
        other = (np.arange(len(odds)) != but).astype(np.float64)
    return int(generator.choice(len(odds), p=other / other.sum()))
