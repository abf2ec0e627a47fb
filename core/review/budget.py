"""What the next reviews find, and from where on they are not worth it: a scan's expectation, moved by every verdict.

A scan says of each length of its list how many wrong labels it holds. That may be too many or too few all along the
list, and it may fall too steeply; both are left open, with the scan's own interval as what is probable beforehand, and
the verdicts on rows of the list say which of it holds (Bayes' rule on a grid). What is drawn next is counted too, and
that a stretch of the list may differ from all before it. On sets with known errors `bench.budget` counts how often the
interval holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Estimate

LEVELS, STEEPNESS = 65, 11
"""Places of the grid."""
WIDEST = 8
"""Standard deviations from its middle to its ends: verdicts may say something quite different from the scan."""
FREEDOM = 4
"""Degrees of freedom of Student's t, the prior of the level: its tails give way where verdicts contradict it."""
STEEPNESS_WIDTH = 0.5
"""Prior standard deviation of the log of how steeply the chance falls, beside what the scan says."""
LEAST_WIDTH = 0.35
"""Prior standard deviation of the log odds, at least: the scan's interval is of its own share, not of its ranking."""
LOCAL = (-1.0, 0.0, 1.0)
LOCAL_WEIGHTS = (0.25, 0.5, 0.25)
LOCAL_WIDTH = 0.6
"""Log odds by which a stretch of the list may differ from what all before it says: three places with these weights."""
NEGLIGIBLE = 1e-5
"""A place of the grid that is so much less probable than the best one is left out."""
EDGE = 1e-4
LOW, MIDDLE, HIGH = 0.025, 0.5, 0.975
"""Of what is possible. As many are expected as lie in its middle: the mean is drawn far up by the few cases in which
the whole list is full of wrong labels; of all that were left on thirteen known sets it was off by 84 % in the median,
the middle by 34 %."""
POINTS = 30
Floats = NDArray[np.float64]
Kept = tuple[int, float, float, float]
"""A length of the list, and the wrong labels in it that a scan expects, at least and at most."""
Verdict = tuple[int, bool | None]
"""The rank of a row that somebody has looked at, and whether its label is wrong; None where they did not say."""


@dataclass(frozen=True, slots=True)
class Reviews:
    """So many reviews of the rows that are next on the list, and the wrong labels that they find."""

    rows: int
    found: Estimate


@dataclass(frozen=True, slots=True)
class Budget:
    """Where a review of a list stands, and what comes of going on."""

    judged: int
    """Rows of the list of which somebody has said whether their label is wrong."""
    found: int
    """Those of them whose label was wrong."""
    unseen: int
    """Rows of the list that nobody has looked at."""
    left: Estimate
    """Wrong labels among them."""
    following: Reviews
    """The next ones."""
    stop: Reviews
    """All reviews that are worth it; none where not even the next one is."""
    place: int
    """The last row of the list that is worth a review; 0 for none."""
    points: tuple[Reviews, ...]
    """Of more and more reviews, for a picture."""


def review_budget(kept: Sequence[Kept], verdicts: Sequence[Verdict], following: int = 100, worth: int = 10) -> Budget:
    """`kept`: lengths, ascending; the last is the whole list. `worth`: a review is worth it while at least one label in
    so many is expected to be wrong."""
    bins = _Bins.of(kept, verdicts)
    chances, weights = _possible(bins)
    unjudged = bins.rows - bins.seen
    rate = weights @ chances
    worthwhile = np.flatnonzero((rate >= 1 / worth) & (unjudged > 0))
    all_left = int(unjudged.sum())
    stop = int(unjudged[: worthwhile[-1] + 1].sum()) if len(worthwhile) else 0
    now = min(following, all_left)
    most = min(all_left, max(2 * stop, 4 * now, 1))
    lengths = sorted({int(one) for one in np.linspace(0, most, POINTS).round()} | {now, min(stop, most)})
    reviews = {length: _found(length, unjudged, chances, weights) for length in {*lengths, stop, all_left}}
    return Budget(
        int(bins.judged.sum()),
        int(bins.wrong.sum()),
        all_left,
        reviews[all_left].found,
        reviews[now],
        reviews[stop],
        int(bins.rows[: worthwhile[-1] + 1].sum()) if len(worthwhile) else 0,
        tuple(reviews[length] for length in lengths),
    )


@dataclass(frozen=True, slots=True)
class _Bins:
    """Stretches of the list between lengths that were kept."""

    rows: NDArray[np.int64]
    seen: NDArray[np.int64]
    judged: NDArray[np.int64]
    wrong: NDArray[np.int64]
    expected: Floats
    """(m,) chance that a label of the stretch is wrong, as the scan has it."""
    width: tuple[float, float]
    """Log odds from the scan's estimate down and up to its ends."""

    @classmethod
    def of(cls, kept: Sequence[Kept], verdicts: Sequence[Verdict]) -> _Bins:
        lengths, likely, low, high = (np.asarray(column, np.float64) for column in zip(*kept, strict=True))
        rows = np.diff(lengths, prepend=0).astype(np.int64)
        expected = np.clip(np.diff(likely, prepend=0) / rows, EDGE, 1 - EDGE)
        ranks = np.array([rank for rank, _ in verdicts], np.int64)
        place = np.searchsorted(lengths, ranks)
        inside = place < len(rows)
        said = inside & np.array([one is not None for _, one in verdicts], bool)
        wrong = inside & np.array([bool(one) for _, one in verdicts], bool)
        seen, judged, found = (np.bincount(place[one], minlength=len(rows)) for one in (inside, said, wrong))
        total = lengths[-1]
        ends = logit(np.clip(np.array([low[-1], likely[-1], high[-1]]) / total, EDGE, 1 - EDGE))
        return cls(rows, seen, judged, found, expected, (float(ends[1] - ends[0]), float(ends[2] - ends[1])))


def _possible(bins: _Bins) -> tuple[Floats, Floats]:
    """(g, m) chances that are possible for each stretch, and how probable each of them is (g,), the verdicts known."""
    odds = logit(bins.expected)
    mass = bins.rows * bins.expected
    centre = float(mass @ odds / mass.sum())
    places = np.linspace(-WIDEST, WIDEST, LEVELS)
    down, up = (max(width / 1.96, LEAST_WIDTH) for width in bins.width)
    level = np.where(places < 0, places * down, places * up)
    steep = np.linspace(-2.5, 2.5, STEEPNESS)
    level_prior = -(FREEDOM + 1) / 2 * np.log1p(np.square(places) / FREEDOM)
    prior = level_prior[:, None] - np.square(steep)[None, :] / 2
    slopes = np.exp(steep * STEEPNESS_WIDTH)
    moved = centre + level[:, None, None] + slopes[None, :, None] * (odds - centre)
    chances = np.clip(expit(moved), EDGE, 1 - EDGE).reshape(-1, len(odds))
    likely = bins.wrong @ np.log(chances).T + (bins.judged - bins.wrong) @ np.log1p(-chances).T
    total = prior.reshape(-1) + likely
    weights = np.exp(total - total.max())
    counted = weights > NEGLIGIBLE
    return chances[counted], weights[counted] / weights[counted].sum()


def _found(length: int, unjudged: NDArray[np.int64], chances: Floats, weights: Floats) -> Reviews:
    """What the first `length` rows that nobody has looked at hold."""
    taken = np.clip(length - np.r_[0, np.cumsum(unjudged)[:-1]], 0, unjudged).astype(np.float64)
    if not taken.any():
        return Reviews(length, Estimate(0.0, 0.0, 0.0))
    used = taken > 0
    part, counts = chances[:, used], taken[used]
    odds = logit(part)
    shares = np.concatenate([expit(odds + LOCAL_WIDTH * one) for one in LOCAL])
    probable = np.concatenate([weights * one for one in LOCAL_WEIGHTS])
    mean, spread = shares @ counts, np.sqrt((shares * (1 - shares)) @ counts)
    low, middle, high = (_quantile(share, mean, spread, probable, float(length)) for share in (LOW, MIDDLE, HIGH))
    return Reviews(length, Estimate(middle, low, high))


def logit(share: Floats) -> Floats:
    """Log odds. Here as the next two are, so that the web process need not load scipy."""
    return np.asarray(np.log(share) - np.log1p(-share), np.float64)


def expit(odds: Floats) -> Floats:
    """The share of log odds."""
    return np.asarray(0.5 * (1 + np.tanh(odds / 2)), np.float64)


def normal(value: Floats) -> Floats:
    """The normal distribution function, to 3e-4."""
    return np.asarray(0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (value + 0.044715 * value * value * value))), np.float64)


def _quantile(share: float, mean: Floats, spread: Floats, weights: Floats, most: float) -> float:
    """Of a mixture of counts, each about normal: a whole number, the outer one."""
    low, high = -1.0, most
    while high - low > 1:
        middle = (low + high) // 2
        below = float(weights @ normal((middle + 0.5 - mean) / np.maximum(spread, 1e-6)))
        low, high = (low, middle) if below >= share else (middle, high)
    return high
