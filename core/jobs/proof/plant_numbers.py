"""Puts errors into labels that are numbers: slips of the hand, numbers that are somewhat off, numbers of other rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.issues.label.numbers import decimals

Floats = NDArray[np.float64]
LEAST_OFF, MOST_OFF = 2.0, 6.0
"""How far a number that is somewhat off is moved, in spreads of right labels around predictions."""
LEAST_SLIP = 0.5
"""A slip that moves a number by less, in the same, is none that could be told from a right label."""
DIGITS = 6
"""Of a number that people type: a slip in a farther one changes nothing."""
TRIES = 20


@dataclass(frozen=True, slots=True)
class NumberSoil:
    """What errors are planted into."""

    labels: Floats
    """(n,)"""
    spread: Floats
    """(n,) how far right labels lie from predictions there."""
    nearest: NDArray[np.int64]
    """(n, m) the nearest rows of each."""
    free: NDArray[np.bool_]
    """(n,) rows whose label is taken to be right: only there errors are planted."""


def plant_numbers(soil: NumberSoil, manner: str, count: int, generator: np.random.Generator) -> Floats:
    """The labels with `count` errors, in about as many decimals as they have."""
    places, found = _places(soil.labels), soil.labels.copy()
    least, most = float(soil.labels.min()), float(soil.labels.max())
    chosen = np.sort(generator.choice(np.flatnonzero(soil.free), count, replace=False))
    for row in chosen:
        number, spread = float(soil.labels[row]), float(soil.spread[row])
        if manner == "slips":
            tried = (_slip(number, places, generator) for _ in range(TRIES))
            told = LEAST_SLIP * spread
        elif manner == "shifts":
            tried = (_shift(number, spread, places, (least, most), generator) for _ in range(TRIES))
            told = LEAST_OFF * spread - 0.5 * 10.0**-places
        else:
            others = soil.labels[soil.nearest[row]] if manner == "rows" else soil.labels
            tried = (float(generator.choice(others)) for _ in range(TRIES))
            told = 0.0
        planted = next((one for one in tried if one != number and abs(one - number) >= told), None)
        found[row] = _another(soil.labels, number, told, generator) if planted is None else planted
    return found


def _shift(
    number: float, spread: float, places: int, ends: tuple[float, float], generator: np.random.Generator
) -> float:
    """One that is somewhat off, between the ends of all labels."""
    off = generator.uniform(LEAST_OFF, MOST_OFF) * generator.choice((-1.0, 1.0)) * spread
    return float(np.clip(round(number + float(off), places), *ends))


def _places(labels: Floats) -> int:
    """Decimals of the labels, as far as they are among the first digits of the usual one."""
    usual = float(np.median(np.abs(labels[labels != 0]))) if labels.any() else 1.0
    return max(0, min(decimals(labels), DIGITS - 1 - int(np.floor(np.log10(usual)))))


def _slip(number: float, places: int, generator: np.random.Generator) -> float:
    """One that is typed wrongly: the decimal point moved by a place, two digits exchanged, one doubled or left out; the
    number itself where that changes nothing."""
    written = f"{abs(number):.{places}f}"
    at = [place for place, sign in enumerate(written) if sign != "."]
    way, place = int(generator.integers(5)), int(generator.integers(len(at)))
    if way < 2:
        planted = abs(number) * (10.0, 0.1)[way]
    elif way == 2:
        signs, other = list(written), at[min(place + 1, len(at) - 1)]
        signs[at[place]], signs[other] = signs[other], signs[at[place]]
        planted = float("".join(signs))
    else:
        times = 2 * (way - 3)
        kept = written[: at[place]] + written[at[place]] * times + written[at[place] + 1 :]
        planted = float(kept) if kept.strip(".") else abs(number)
    planted = round(planted, places)
    return number if planted == round(abs(number), places) else float(np.copysign(planted, number))


def _another(labels: Floats, number: float, told: float, generator: np.random.Generator) -> float:
    """The number of any row that has one so far from it, else of any that has another one."""
    far = labels[(labels != number) & (np.abs(labels - number) >= told)]
    return float(generator.choice(far if len(far) else labels[labels != number]))
