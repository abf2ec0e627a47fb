"""The regularised incomplete gamma function, which chi-square probabilities are made of.

The web process carries no SciPy. Series and continued fraction as in DLMF 8.7.1 and 8.9.2 (https://dlmf.nist.gov/8).
"""

from __future__ import annotations

import math

_TINY = 1e-300
_PRECISION = 1e-15
_NORMAL_FROM = 1e6
"""Above this shape the Wilson–Hilferty normal approximation is exact to about 1e-6 and takes no iterations."""

_MIXTURE_TO = 100.0


def lower(shape: float, x: float) -> float:
    """P(a, x), the distribution function of a Gamma(`shape`, 1) variable at `x`; `shape` > 0."""
    if x <= 0:
        return 0.0
    if shape > _NORMAL_FROM:
        return 1.0 - _normal_tail(shape, x)
    return _series(shape, x) if x < shape + 1 else 1.0 - _fraction(shape, x)


def upper(shape: float, x: float) -> float:
    """Q(a, x) = 1 − P(a, x), without the cancellation; `shape` > 0."""
    if x <= 0:
        return 1.0
    if shape > _NORMAL_FROM:
        return _normal_tail(shape, x)
    return 1.0 - _series(shape, x) if x < shape + 1 else _fraction(shape, x)


def chi_square_tail(statistic: float, degrees: int) -> float:
    """The probability that a chi-square variable with `degrees` > 0 degrees of freedom exceeds `statistic`."""
    return upper(degrees / 2, statistic / 2)


def noncentral_chi_square(degrees: float, noncentrality: float, x: float) -> float:
    """The distribution function of a noncentral chi-square variable at `x`: a Poisson mixture of central ones.

    From `_MIXTURE_TO` on Patnaik's (1949) gamma approximation with the same mean and variance takes over.
    """
    if x <= 0:
        return 0.0
    if noncentrality > _MIXTURE_TO:
        mean, variance = degrees + noncentrality, 2 * degrees + 4 * noncentrality
        return lower(mean**2 / variance, x * mean / variance)
    half, shape, y = noncentrality / 2, degrees / 2, x / 2
    central = lower(shape, y)
    step = math.exp(shape * math.log(y) - y - math.lgamma(shape + 1))
    weight, total, left = math.exp(-half), 0.0, 1.0
    for j in range(int(half + 12 * math.sqrt(half + 1)) + 12):
        total += weight * central
        left -= weight
        if left < _PRECISION:
            break
        central = max(0.0, central - step)
        step *= y / (shape + j + 1)
        weight *= half / (j + 1)
    return min(1.0, total)


def _scale(shape: float, x: float) -> float:
    return math.exp(-x + shape * math.log(x) - math.lgamma(shape))


def _series(shape: float, x: float) -> float:
    term = total = 1.0 / shape
    denominator = shape
    while term > total * _PRECISION:
        denominator += 1
        term *= x / denominator
        total += term
    return min(1.0, total * _scale(shape, x))


def _fraction(shape: float, x: float) -> float:
    """Lentz's evaluation of the continued fraction (Thompson & Barnett 1986)."""
    b = x + 1 - shape
    c = 1 / _TINY
    d = 1 / (b or _TINY)
    product = d
    step = 0
    change = 0.0
    while abs(change - 1) > _PRECISION:
        step += 1
        a = -step * (step - shape)
        b += 2
        d = 1 / ((a * d + b) or _TINY)
        c = (b + a / c) or _TINY
        change = d * c
        product *= change
        if step > 100_000:
            break
    return min(1.0, product * _scale(shape, x))


def _normal_tail(shape: float, x: float) -> float:
    """Wilson & Hilferty 1931: the cube root of a chi-square variable is nearly normal."""
    z = ((x / shape) ** (1 / 3) - (1 - 1 / (9 * shape))) * 3 * math.sqrt(shape)
    return 0.5 * math.erfc(z / math.sqrt(2))
