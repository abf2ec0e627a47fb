"""How much is wrong in all, with an interval that covers it, or why that cannot be told.

What can be counted is how often the model disagrees with the labels. How much of it is the labels' fault cannot be read
from the probabilities: where the model is unsure, people may be or may not. On sets with a known truth nearly all of it
is where the model is sure; where it is unsure, errors level off at a rate that differs from set to set. So that rate is
left open: from what remains however sure the model is, as of errors that fell at random, to one label in three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from core.issues.label.confident import RowFacts, chunks
from core.issues.label.disagreement import fit_disagreement
from core.issues.label.finding import ClassShares
from core.issues.signals import Signals
from core.records import Estimate
from core.targets import Labels
from core.words import stored

QUANTILE = 0.975
MOST_WRONG = 1 / 3
"""However hard the rows, two labels of three are taken to be right, unless more remain wrong on the easy ones. Of the
hardest tenth of seven sets that people labelled, .13 to .28 were wrong."""
BETWEEN = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Where the rate at which errors level off may lie between its ends: each is as probable."""
WIDEST = 0.25
"""A wider interval says nothing that helps to decide."""
ANYTHING = Estimate(float("nan"), 0.0, 1.0)
"""What a model that is no better than chance says of the share."""
CHANCE_ERRORS = 2.0
"""A model has to favour the given labels over shuffled ones by more than so many standard errors."""


@dataclass(frozen=True, slots=True)
class SeenErrors:
    """What a model's disagreement with the labels of n judged rows says of how many are wrong."""

    disagrees: NDArray[np.bool_]
    """(n,)"""
    expected: NDArray[np.float64]
    """(n,) how often it disagrees with rows of which it is as sure."""
    remaining: Estimate
    """How often it would disagree were it as sure as can be."""

    @property
    def highest_rate(self) -> float:
        """The most that is taken to be wrong of the rows that are hardest."""
        return max(MOST_WRONG, self.remaining.high)

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of wrong labels for each rate of `BETWEEN`."""
        lowest = self.remaining.estimate
        return tuple(self._share(lowest + part * (self.highest_rate - lowest)) for part in BETWEEN)

    @property
    def share(self) -> Estimate:
        """The share of wrong labels with its interval. The low end is a profile likelihood's, the high one exact
        (Clopper & Pearson, 1934), both at 95 %. A wrong label that the model would give itself is seen by neither, but
        stands against what the model has wrong: a third of the errors in the votes of amazon_isbook are such, and
        their shares are covered."""
        rows = len(self.disagrees)
        if not rows:
            return Estimate(0.0, 0.0, 1.0)
        estimate, most = float(np.mean(self.shares)), rows * self._share(self.highest_rate)
        high = float(beta.ppf(QUANTILE, most + 1, rows - most)) if most < rows else 1.0
        return Estimate(estimate, min(self.remaining.low, estimate), max(high, estimate))

    def fault_of_labels(self, rate: float) -> NDArray[np.float64]:
        """(n,) how probable it is that a row that the model disagrees with is wrong, if errors level off at `rate`; 0
        for the others."""
        return np.where(self.disagrees, np.minimum(1.0, rate / self.expected), 0.0)

    def _share(self, rate: float) -> float:
        return float(np.minimum(self.expected, rate).mean()) if len(self.expected) else 0.0


def with_known(share: Estimate, asked: int, known: int) -> Estimate:
    """The share of wrong labels of all rows, of which `asked` have that share and `known` are right, as people have
    confirmed: the estimate of a stratified population with one stratum that was looked at whole (Cochran, Sampling
    techniques, 3rd ed. 1977, section 5.3)."""
    part = asked / max(asked + known, 1)
    return Estimate(share.estimate * part, share.low * part, share.high * part)


def seen_errors(signals: Signals, facts: RowFacts) -> SeenErrors:
    """Over the judged rows."""
    rows = np.flatnonzero(signals.judged)
    if not len(rows):
        return SeenErrors(np.empty(0, bool), np.empty(0), Estimate(0.0, 0.0, 1.0))
    disagrees = facts.top[rows] != signals.labels[rows]
    found = fit_disagreement(disagrees, np.maximum(facts.own[rows], facts.other_probability[rows]))
    return SeenErrors(disagrees, np.maximum(found.expected, 1e-9), found.remaining)


def shares_of_classes(
    labels: Labels,
    likely: NDArray[np.float64],
    seen: SeenErrors,
    classes: int,
    known: Labels | None = None,
) -> ClassShares:
    """The share of wrong labels of each of k classes; NaN for a class without rows.

    labels (n,) of the judged rows; likely (n,): how probable it is that each is wrong; known (m,): labels of further
    rows that are right, as people have confirmed. Over the rows the classes'
    shares are the share of the whole. The ends count the disagreement within the class, and that a class is few rows:
    exact binomial ends (Clopper & Pearson) of the least and the most of it that can be the labels' fault. Less than one
    row is none: errors that fall at random over all may leave a class out.
    """
    confirmed = 0 if known is None else np.bincount(known, minlength=classes)
    rows = np.bincount(labels, minlength=classes).astype(np.float64)
    least = np.bincount(labels, seen.fault_of_labels(seen.remaining.low), classes)
    most = np.bincount(labels, seen.fault_of_labels(seen.highest_rate), classes)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.bincount(labels, likely, classes) / rows
    low = beta.ppf(1 - QUANTILE, np.maximum(least, 1e-9), rows - least + 1)
    low = np.where(low * rows >= 1, low, 0.0)
    high = np.where(most < rows, beta.ppf(QUANTILE, most + 1, np.maximum(rows - most, 1e-9)), 1.0)
    with np.errstate(invalid="ignore"):
        part = rows / (rows + confirmed)
    share, low, high = (np.where(rows > 0, part * one, 0 * part) for one in (share, low, high))
    return ClassShares(share, np.minimum(low, share), np.maximum(high, share))


def why_untold(signals: Signals, seen: SeenErrors, chance: bool, known: int = 0) -> str | None:
    """Why the share of wrong labels cannot be told, as a sentence; None where it can. `chance`: the model
    is no better; `known`: rows beside the judged ones that people have confirmed."""
    rows = int(signals.judged.sum())
    if rows == 0:
        if known:
            return None
        return stored("No class has enough distinct rows for a model to judge it.")
    if chance:
        return stored(
            "The model knows the labels no better than chance, so where it disagrees says nothing about them."
        )
    share = with_known(seen.share, rows, known)
    if share.high - share.low <= WIDEST:
        return None
    return stored(
        f"The model disagrees with {seen.disagrees.mean():.0%} of the labels, and from {rows:,} rows it cannot be said "
        f"how much of that is its own fault: anything from {share.low:.0%} to {share.high:.0%} can be wrong. More "
        "rows, or a model that knows this kind of data better, would narrow it."
    )


def no_better_than_chance(signals: Signals, facts: RowFacts) -> bool:
    """Whether the given labels are no more probable than labels drawn by their frequencies. Such a model's flags would
    be as many right as wrong, whatever the number."""
    judged, probabilities = signals.judged, signals.probabilities
    if not judged.any():
        return False
    frequencies = np.bincount(signals.labels[judged], minlength=probabilities.shape[1]) / judged.sum()
    drawn = np.concatenate([np.asarray(probabilities[part]) @ frequencies for part in chunks(*probabilities.shape)])
    gain = (facts.own - drawn)[judged]
    return bool(gain.mean() <= CHANCE_ERRORS * gain.std() / np.sqrt(len(gain)))
