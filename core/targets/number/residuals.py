"""What predictions of numbers leave over: how far labels usually lie from them, how probably each label is right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEVIATION = 1.4826
"""The standard deviation of a normal distribution in units of its median absolute deviation."""
KNOTS = 10
"""Predictions, from small to large, at which the spread is kept; between them it changes evenly."""
NEAR = 0.1
"""Share of the rows, by their predictions, that each knot looks at, and how many at least."""
NEAR_LEAST = 30
POOLED = 0.5
"""How much the spread of all rows counts in each knot's, as variances: few residuals say little by themselves."""
NINE_OF_TEN = 0.9
"""Share of the labels that an interval is to hold."""
STRATA = 10
"""Folds have about as many small numbers as large ones: so many groups of about equal size are spread evenly."""
START_WRONG = 0.05
LEAST_WRONG = 1e-3
"""A list is ranked where nothing is far off, too: fewer labels than this share are never taken to be wrong."""
WIDE = 3.0
"""Wrong labels are of all sizes, from a slip to ten times too much: they are taken to lie as a Cauchy distribution has
it, so many times as wide as right ones."""
STEPS = 100


@dataclass(frozen=True, slots=True)
class Spread:
    """How far labels usually lie from predictions, by how large these are."""

    at: tuple[float, ...]
    """Predictions, ascending."""
    deviation: tuple[float, ...]
    """The standard deviation of right labels there."""
    reach: float
    """How many of these hold nine labels of ten."""

    def of(self, predicted: NDArray[Any]) -> Floats:
        """(n,) the deviation at each of n predictions."""
        return np.interp(np.asarray(predicted, np.float64), self.at, self.deviation)

    def half(self, predicted: NDArray[Any]) -> Floats:
        """(n,) what is added to and taken from each prediction for an interval that holds nine labels of ten."""
        return self.of(predicted) * self.reach

    @staticmethod
    def beside(folder: Path) -> Spread | None:
        """That of a model in a folder, as `winnow.json` says it; None where it says none."""
        file = folder / "winnow.json"
        found = json.loads(file.read_text(encoding="utf-8")).get("spread") if file.is_file() else None
        return None if not found else Spread(tuple(found["at"]), tuple(found["deviation"]), float(found["reach"]))

    @staticmethod
    def fitted(predicted: Floats, labels: Floats) -> Spread:
        """Of n rows with labels that the model has not seen."""
        residuals = np.abs(labels - predicted)
        overall = max(deviation_of(residuals), 1e-12)
        order = np.argsort(predicted, kind="stable")
        size = min(len(order), max(NEAR_LEAST, round(NEAR * len(order))))
        starts = np.unique(np.linspace(0, len(order) - size, KNOTS).astype(np.int64))
        parts = [order[start : start + size] for start in starts]
        near = np.array([deviation_of(residuals[part]) for part in parts])
        at = np.array([predicted[part].mean() for part in parts])
        at, first = np.unique(at, return_index=True)
        deviations = np.sqrt(POOLED * overall**2 + (1 - POOLED) * near[first] ** 2)
        scaled = residuals / np.interp(predicted, at, deviations)
        # As conformal prediction has it: of n residuals the one that leaves a tenth of n + 1 above it.
        place = min(1.0, np.ceil(NINE_OF_TEN * (len(scaled) + 1)) / max(1, len(scaled)))
        return Spread(
            tuple(at.tolist()), tuple(deviations.tolist()), float(np.quantile(scaled, place, method="higher"))
        )


def deviation_of(residuals: Floats) -> float:
    """A standard deviation that a few residuals (n,), without their signs, hardly move; the usual one where more than
    half are nothing."""
    median = float(np.median(residuals)) if len(residuals) else 0.0
    return DEVIATION * median or float(np.sqrt(np.mean(residuals**2))) if len(residuals) else 0.0


@dataclass(frozen=True, slots=True)
class Mixture:
    """Right labels lie by a normal distribution around predictions, of which `narrow` is the deviation in spreads;
    wrong ones, a `share` of all, by a Cauchy distribution."""

    share: float
    narrow: float

    def right(self, scaled: Floats) -> Floats:
        """(n,) how probably each label is right, by how many spreads it lies from its prediction: the farther, the
        less."""
        from scipy.special import expit

        if not self.share:
            return np.ones(len(scaled))
        off = np.asarray(scaled, np.float64) / self.narrow
        wrong = np.log(self.share) - np.log(np.pi * WIDE) - np.log1p((off / WIDE) ** 2)
        right = np.log1p(-self.share) - 0.5 * np.log(2 * np.pi) - 0.5 * off**2
        return np.asarray(expit(right - wrong))

    @staticmethod
    def fitted(scaled: Floats) -> Mixture:
        """The most probable one for n labels, by expectation maximisation."""
        square = np.asarray(scaled, np.float64) ** 2
        found = Mixture(START_WRONG, 1.0)
        if not square.any():
            return Mixture(0.0, 1.0)
        for _ in range(STEPS):
            right = found.right(np.sqrt(square))
            narrow = np.sqrt((right * square).sum() / max(float(right.sum()), 1e-9))
            found = Mixture(float(np.clip((1 - right).mean(), LEAST_WRONG, 0.5)), max(float(narrow), 1e-6))
        return found


def right_labels(predicted: Floats, labels: Floats) -> Floats:
    """(n,) how probably each label is right, of n rows whose predictions have not seen their labels."""
    scaled = np.abs(labels - predicted) / Spread.fitted(predicted, labels).of(predicted)
    return Mixture.fitted(scaled).right(scaled)


def strata_of(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) a group of numbers of about equal size for each row, one more for rows without a number (NaN)."""
    told = np.isfinite(values)
    if not told.any():
        return np.zeros(len(values), np.int64)
    edges = np.unique(np.quantile(values[told], np.arange(1, STRATA) / STRATA))
    return np.where(told, np.searchsorted(edges, values, side="right"), STRATA)
