"""Puts errors into labels that are several classes each: a class of a row is left out, one is added, or one is given
for another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.issues.signals import Probabilities
from core.jobs.proof.plant import SELDOM, drawn
from core.targets import Labels

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SetSoil:
    """What errors are planted into."""

    labels: Labels
    """(n, k) of 0 and 1."""
    probabilities: Probabilities
    """(n, k) out of sample, of the labels as they are."""
    free: NDArray[np.bool_]
    """(n,) rows whose label is taken to be right: only there errors are planted."""
    extra: Floats
    """(k,) in how many labels each class is estimated to be too much."""
    missing: Floats
    """(k,) in how many it is estimated to be missing."""


def plant_sets(soil: SetSoil, manner: str, count: int, generator: np.random.Generator) -> Labels:
    """The labels with errors in `count` rows, one in each."""
    rows = np.flatnonzero(soil.free)
    given = soil.labels[rows] > 0
    found = soil.labels.copy()
    if manner == "pairs":
        chosen, cells = _swapped(given, soil.probabilities[rows], count, generator)
    else:
        chosen, cells = _flipped(_odds(manner, soil, rows, given), count, generator)
    found[rows[chosen]] ^= cells
    return found


def _odds(manner: str, soil: SetSoil, rows: NDArray[np.int64], given: NDArray[np.bool_]) -> Floats:
    """(m, k) of each class of each row, that there it is left out or added.

    Over the rows they sum, class by class, to as many as are estimated to be missing or too much; `uniform` leaves out
    and adds as often.
    """
    odds = np.ones(given.shape)
    if manner == "near":
        odds = np.where(given, 1 - soil.probabilities[rows], soil.probabilities[rows]).astype(np.float64)
    if manner == "uniform":
        return np.where(given, 1 / max(int(given.sum()), 1), 1 / max(int((~given).sum()), 1))
    left_out = _as_many(soil.missing, np.where(given, odds, 0))
    added = _as_many(soil.extra, np.where(given, 0, odds))
    return np.asarray(odds * np.where(given, left_out, added), np.float64)


def _as_many(wanted: Floats, odds: Floats) -> Floats:
    """(k,) what the odds (m, k) of each class are multiplied by, so that they sum to what is wanted."""
    return np.asarray((wanted + SELDOM) / np.maximum(odds.sum(0), SELDOM))


def _flipped(odds: Floats, count: int, generator: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Places of rows, drawn by the sum of their odds, and the one cell of each, drawn by its own."""
    total = odds.sum(1)
    chosen = drawn(total / max(float(total.max()), SELDOM), count, generator)
    up_to = odds[chosen].cumsum(1)
    at = (up_to < generator.random((len(chosen), 1)) * up_to[:, -1:]).sum(1)
    at = np.minimum(at, odds.shape[1] - 1)
    return chosen, np.eye(odds.shape[1], dtype=np.int8)[at]


def _swapped(
    given: NDArray[np.bool_], probabilities: Probabilities, count: int, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Rows in which a class is given for another that rows of it nearly have, because they look alike or go together.
    In a row of no class one of them is added, in a row of all of them one left out."""
    classes = given.shape[1]
    taken = given.T.astype(np.float64) @ np.where(given, 0.0, probabilities)
    per_row = taken.sum(1) / np.maximum(given.sum(0), 1)
    total = given @ per_row
    chosen = drawn(total / max(float(total.max()), SELDOM), count, generator)
    cells = np.zeros((len(chosen), classes), np.int8)
    for place, row in enumerate(given[chosen]):
        own, others = np.flatnonzero(row), np.flatnonzero(~row)
        if len(own) and len(others):
            pairs = taken[np.ix_(own, others)].ravel() + SELDOM
            out, into = divmod(int(generator.choice(len(pairs), p=pairs / pairs.sum())), len(others))
            cells[place, [own[out], others[into]]] = 1
        else:
            cells[place, generator.integers(classes)] = 1
    return chosen, cells
