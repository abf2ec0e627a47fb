"""How strongly an attribute and the label go together, with 95 % intervals.

Both measures, Cramér's V and the correlation ratio, are the root of a share of explained variation θ whose plain
estimate is biased upwards and, near θ = 0, chi-square rather than normal. The usual interval (Smithson 2003, Steiger
2004) inverts a noncentral chi-square or F distribution: right near 0, but blind to the sampling of the margins, to
uneven classes and to heavy tails, so off for strong associations. Here the same inversion is done with a noncentral
chi-square scaled so that its two moments are

    mean     θ + the second-order bias at θ
    variance 2 · degrees · (bias over bias at independence) / n² + the delta-method variance at θ / n,

where θ moves along the line from independence to the table as observed. It is the noncentral interval near 0 and
the delta-method interval (Bishop, Fienberg & Holland 1975, §11.3) far from it; the tests simulate its coverage.

SciPy is imported where it is needed, on the first profile that measures an association: no page waits for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.profile.records import Counts, Independence, Size
from core.records import Estimate

_TAIL = 0.025
_STEPS = 40
_MOST_NONCENTRAL = 1e8
"""SciPy's noncentral chi-square takes milliseconds beyond it, and has no answer from about 1e10 on."""


def independence(counts: Counts) -> Independence | None:
    """Pearson's chi-square test on a table of counts; None when fewer than two rows or columns hold anything."""
    from scipy.special import chdtrc

    table = _filled(counts)
    if min(table.shape) < 2:
        return None
    n = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    statistic = float(((table - expected) ** 2 / expected).sum())
    degrees = (table.shape[0] - 1) * (table.shape[1] - 1)
    rough = bool((expected < 5).mean() > 0.2)
    return Independence(statistic, degrees, float(chdtrc(degrees, statistic)), rough)


def cramers_v(counts: Counts) -> Estimate | None:
    """Bias-corrected Cramér's V of a table of counts (Bergsma 2013, J. Korean Stat. Soc. 42:323), with its interval.

    None when fewer than two rows or columns hold anything.
    """
    table = _filled(counts)
    if min(table.shape) < 2:
        return None
    n = float(table.sum())
    rows, columns = table.shape
    phi2, curve = _phi2(table / n)
    degrees = (rows - 1) * (columns - 1)
    corrected = max(0.0, phi2 - degrees / (n - 1))
    most_corrected = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    most = min(rows, columns) - 1

    def moments(theta: float) -> tuple[float, float]:
        bias, variance = curve(theta)
        return theta + bias / n, 2 * bias / n**2 + variance / n

    low, high = _invert(phi2, float(degrees), moments, float(most))
    estimate = math.sqrt(min(1.0, corrected / most_corrected)) if most_corrected > 0 else 0.0
    return _around(estimate, math.sqrt(low / most), math.sqrt(high / most))


def correlation_ratio(moments: NDArray[np.float64]) -> Estimate | None:
    """The correlation ratio η of a number given the class, bias-corrected (Kelley's ε², 1935), with its interval.

    `moments` is (classes, 5) float64: count, mean, and the second, third and fourth central moment of the number in
    each class. Spread and shape may differ between classes. None with fewer than two classes, fewer rows than classes
    plus two, or a number that never varies.
    """
    moments = moments[moments[:, 0] > 0]
    n, classes = float(moments[:, 0].sum()), len(moments)
    if classes < 2 or n < classes + 2:
        return None
    share, within = moments[:, 0] / n, moments[:, 2]
    deviation = moments[:, 1] - share @ moments[:, 1]
    between, inside = float(share @ deviation**2), float(share @ within)
    if between + inside <= 0:
        return None
    if inside <= 1e-12 * between:
        return Estimate(1.0, 1.0, 1.0)
    eta2 = between / (between + inside)
    corrected = max(0.0, 1 - (1 - eta2) * (n - 1) / (n - classes))
    within = _unbiased(moments)
    inside = float(share @ within)
    # Quadratic form in the class means (Box 1954): mean and variance at θ = 0 with unequal class variances.
    bias = float(((1 - share) * within).sum()) / inside / n
    spread = 2 * float((within**2 * (1 - 2 * share)).sum() + inside**2) / inside**2 / n**2

    def spread_at(theta: float) -> tuple[float, float]:
        variance = (1 - theta) ** 2 * spread + _eta2_variance(theta, share, deviation, moments) / n
        return theta + (1 - theta) * bias, variance

    low, high = _invert(eta2, 2 * bias**2 / spread, spread_at, 1.0 - 1e-9)
    return _around(math.sqrt(corrected), math.sqrt(low), math.sqrt(high))


def size_of_v(v: float, counts: Counts) -> Size:
    """How large a Cramér's V of this table is: Cohen's bounds of w, 0.1, 0.3 and 0.5 (1988, Statistical Power Analysis
    for the Behavioral Sciences, §7.2), divided by the root of the degrees of freedom of the shorter side, its length
    less 1: with two classes V is w, with more the same w is a smaller V."""
    return _size(v * math.sqrt(max(1, min(_filled(counts).shape) - 1)), (0.1, 0.3, 0.5))


def size_of_ratio(eta: float) -> Size:
    """How large a correlation ratio is: Cohen's bounds of f = η / √(1 − η²), 0.1, 0.25 and 0.4 (1988, §8.2)."""
    return _size(eta / math.sqrt(1 - eta * eta) if eta < 1 else math.inf, (0.1, 0.25, 0.4))


def _size(value: float, bounds: tuple[float, float, float]) -> Size:
    small, medium, large = bounds
    return "large" if value >= large else "medium" if value >= medium else "small" if value >= small else "tiny"


def _filled(counts: Counts) -> NDArray[np.float64]:
    """The table without its empty rows and columns."""
    table: NDArray[np.float64] = np.asarray(counts, dtype=np.float64)
    filled: NDArray[np.float64] = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return filled


def _phi2(table: NDArray[np.float64]) -> tuple[float, Callable[[float], tuple[float, float]]]:
    """Mean square contingency φ² of a table of shares, and its bias and variance (both times n) as functions of θ.

    With margins a, b and e = p/(ab) − 1, the tables ab(1 + te) have φ² = t²Σab·e² and the influence function
    2te − t²(R + C), where R and C are the row and column means of e². The second moment of that, and half the trace
    of the second derivative with the multinomial covariance, are polynomials in t.
    """
    a, b = table.sum(axis=1), table.sum(axis=0)
    both = np.outer(a, b)
    e = table / both - 1
    squares = e**2
    by_row, by_column = squares @ b, a @ squares
    phi2, cubes = float(a @ by_row), float((both * squares * e).sum())
    sums = by_row[:, None] + by_column[None, :]
    fourth = float((both * sums**2).sum() - 4 * (both * squares * sums).sum())
    fifth = 2 * float((both * e * np.outer(by_row, by_column)).sum())
    degrees = (len(a) - 1) * (len(b) - 1)
    first_bias, second_bias = float(e.sum()), 3 * phi2 - float(by_row.sum() + by_column.sum())

    def curve(theta: float) -> tuple[float, float]:
        if phi2 <= 0:
            return float(degrees), 4 * theta
        t = min(1.0, math.sqrt(theta / phi2))
        bias = degrees + first_bias * t + second_bias * t**2 + cubes * t**3
        variance = t**2 * (4 * phi2 + 4 * cubes * t + fourth * t**2 + fifth * t**3)
        return max(0.0, bias), max(0.0, variance) * max(1.0, theta / phi2)

    return phi2, curve


def _unbiased(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each class's variance free of the bias of few rows; a class of one row gets that of all."""
    count, second = moments[:, 0], moments[:, 2]
    pooled = float(count @ second) / float(count.sum() - len(count))
    own: NDArray[np.float64] = np.where(count > 1, second * count / np.maximum(count - 1, 1), pooled)
    return own


def _eta2_variance(
    theta: float, share: NDArray[np.float64], deviation: NDArray[np.float64], moments: NDArray[np.float64]
) -> float:
    """The delta-method variance of η² (times n) were the class means moved in or out until η² is `theta`.

    The influence function is ((1 − θ)(d + ε)² − ε²)/σ², d the class mean's deviation, ε the deviation within.
    """
    second, third, fourth = moments[:, 2], moments[:, 3], moments[:, 4]
    inside = float(share @ second)
    between = float(share @ deviation**2)
    target = theta / (1 - theta) * inside
    d = deviation * math.sqrt(target / between) if between > 0 else np.full_like(deviation, math.sqrt(target))
    rest = 1 - theta
    each = (
        rest**2 * d**4
        + (4 * rest**2 - 2 * rest * theta) * d**2 * second
        - 4 * rest * theta * d * third
        + theta**2 * fourth
    )
    return max(0.0, float(share @ each)) / (target + inside) ** 2


def _invert(
    observed: float, degrees: float, moments: Callable[[float], tuple[float, float]], most: float
) -> tuple[float, float]:
    """The θ in [0, `most`] that leave `observed` out of both 2.5 % tails; `moments(θ)` is its mean and variance."""

    def below(theta: float, x: float) -> float:
        mean, variance = moments(theta)
        return _scaled_noncentral(degrees, mean, max(variance, 1e-18), x)

    # Less than independence makes on average says no more than exactly that: no upper end of nought.
    least = max(observed, moments(0.0)[0])
    low, high = 0.0, most
    if below(0.0, observed) > 1 - _TAIL:
        low = _bisect(lambda theta: below(theta, observed) > 1 - _TAIL, 0.0, min(observed, most))
    if below(most, least) < _TAIL:
        high = _bisect(lambda theta: below(theta, least) > _TAIL, low, most)
    return low, high


def _scaled_noncentral(degrees: float, mean: float, variance: float, x: float) -> float:
    """P(cX ≤ `x`) where X is noncentral chi-square and c and its noncentrality give `mean` and `variance`.

    A variance above what any noncentrality reaches is met by a central chi-square with fewer degrees, and beyond
    `_MOST_NONCENTRAL` by one with more (Patnaik 1949), which by then is the same to 1e-5.
    """
    from scipy.special import chndtr, gammainc

    if mean <= 0:
        return 1.0
    excess = degrees * variance / mean**2
    within = max(0.0, 2 - excess)
    noncentrality = degrees * (within + math.sqrt(2 * within)) / excess
    if not 0 < noncentrality <= _MOST_NONCENTRAL:
        return float(gammainc(mean**2 / variance, max(0.0, x * mean / variance)))
    return float(chndtr(max(0.0, x * (degrees + noncentrality) / mean), degrees, noncentrality))


def _bisect(still: Callable[[float], bool], start: float, end: float) -> float:
    """Where, on the way from `start` to `end`, `still` ceases to hold."""
    for _ in range(_STEPS):
        middle = (start + end) / 2
        if still(middle):
            start = middle
        else:
            end = middle
    return (start + end) / 2


def _around(estimate: float, low: float, high: float) -> Estimate:
    """An interval that holds its own estimate: the two come from slightly different corrections."""
    return Estimate(estimate, min(low, estimate), max(high, estimate))
