"""A rate in each group of an attribute, and how far apart the groups are.

Definitions are Fairlearn's (Bird et al. 2020), over the groups that are large enough to judge: a difference is the
highest rate less the lowest, a ratio the lowest over the highest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.profile.association import independence
from core.profile.records import Counts, Group
from core.proportions import wilson
from core.records import Estimate

LEAST_EXPECTED, DRAWS = 5, 20_000
"""Rows that each cell of a chi-square test must be expected to have (Cochran 1954), and the tables drawn where not."""
MIN_RATE_ROWS = 10
"""A rate over fewer rows is shown but not compared: its 95 % interval may be wider than ±30 points."""


@dataclass(frozen=True, slots=True)
class Rates:
    """One rate in each group of an attribute."""

    hits: Counts
    """(groups,) rows that count for it."""
    trials: Counts
    """(groups,) rows that could."""
    judged: NDArray[np.bool_]
    """(groups,) whether the group has enough rows to be compared."""

    @property
    def estimates(self) -> list[Estimate | None]:
        """Of each group, with its Wilson interval; None where nothing could count."""
        low, high = wilson(self.hits, self.trials)
        return [
            Estimate(int(hit) / int(trial), float(bottom), float(top)) if trial else None
            for hit, trial, bottom, top in zip(self.hits, self.trials, low, high, strict=True)
        ]

    @property
    def ends(self) -> tuple[int, int] | None:
        """The groups with the lowest and the highest rate; None with fewer than two to compare."""
        places = np.flatnonzero(self.judged)
        if len(places) < 2:
            return None
        shares = self.hits[places] / self.trials[places]
        return int(places[shares.argmin()]), int(places[shares.argmax()])

    @property
    def difference(self) -> float | None:
        """Highest less lowest; None with fewer than two groups to compare."""
        if self.ends is None:
            return None
        low, high = (float(self.hits[place] / self.trials[place]) for place in self.ends)
        return high - low

    @property
    def ratio(self) -> float | None:
        """Lowest over highest; 1 where all are 0, None with fewer than two groups to compare."""
        if self.ends is None:
            return None
        low, high = (float(self.hits[place] / self.trials[place]) for place in self.ends)
        return low / high if high else 1.0

    @property
    def p_value(self) -> float:
        """That differences at least as large come about by chance, by a chi-square test of the groups to compare, where
        too few rows are expected for its distribution by drawing tables with the same sums; 1 where they all have the
        same."""
        hits, trials = self.hits[self.judged], self.trials[self.judged]
        test = independence(np.stack([hits, trials - hits], axis=1))
        if test is None:
            return 1.0
        if (np.outer([hits.sum(), (trials - hits).sum()], trials) >= LEAST_EXPECTED * trials.sum()).all():
            return test.p_value
        drawn = np.random.default_rng(0).multivariate_hypergeometric(trials, int(hits.sum()), DRAWS, method="marginals")
        expected = hits.sum() * trials / trials.sum()
        away = ((drawn - expected) ** 2 / trials).sum(axis=1)
        seen = float(((hits - expected) ** 2 / trials).sum())
        return float((1 + (away >= seen * (1 - 1e-9)).sum()) / (1 + DRAWS))


def rates_of(hits: Counts, trials: Counts, groups: Sequence[Group]) -> Rates:
    """`hits` of `trials`, both (groups,), compared where a group and its trials are enough."""
    enough = np.array([group.judged for group in groups], dtype=bool)
    return Rates(hits, trials, enough & (trials >= MIN_RATE_ROWS))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of tests that are looked at together, each corrected so that the chance of one false finding among
    all of them stays what it was for one (Holm 1979, Scand. J. Stat. 6:65)."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected, largest = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected
