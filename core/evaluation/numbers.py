"""How far predictions of numbers are off: mean absolute error, root mean squared error and R², as scikit-learn has
them, with 95 % intervals by the bootstrap of rows; what a mean or a median would be off; the same by parts of the
range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.progress import Report, unheard
from core.records import Estimate, Interval

Floats = NDArray[np.float64]
FIGURES = ("mae", "rmse", "r2")
RESAMPLES, SEED = 1_000, 0
ONE_BY_ONE = 20_000
"""Up to so many rows are drawn one by one; the means of more are drawn as the normal distribution has them."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The rows whose label lies in a part of the range."""

    low: float
    """Inclusive."""
    high: float
    """Exclusive, but of the last bin."""
    rows: int
    mae: float
    bias: float
    """Mean of predicted less labelled."""


def scores(true: Floats, predicted: Floats) -> dict[str, float]:
    """`mae`, `rmse`, `r2` of n rows. Where all labels are one number, R² is 1 if all are right, else 0, as
    scikit-learn has it."""
    return dict(zip(FIGURES, _of_means(_terms(true, predicted).mean(0), float(true.mean())), strict=True))


def intervals(true: Floats, predicted: Floats, report: Report = unheard) -> dict[str, Interval]:
    """The 95 % interval of each."""
    drawn = drawn_means(_terms(true, predicted), report)
    return _ends(np.array([_of_means(one, float(true.mean())) for one in drawn]))


def estimates(true: Floats, predicted: Floats, report: Report = unheard) -> dict[str, Estimate]:
    """Each with its interval, which holds it."""
    ends = intervals(true, predicted, report)
    return {
        name: Estimate(value, min(ends[name][0], value), max(ends[name][1], value))
        for name, value in scores(true, predicted).items()
    }


def differences(true: Floats, first: Floats, second: Floats, report: Report = unheard) -> dict[str, Estimate]:
    """Second less first of each figure on the same rows, with a paired interval: both are drawn together."""
    terms = np.concatenate([_terms(true, first), _terms(true, second)], 1)
    middle, width = float(true.mean()), terms.shape[1] // 2
    drawn = np.array(
        [
            np.subtract(_of_means(one[width:], middle), _of_means(one[:width], middle))
            for one in drawn_means(terms, report)
        ]
    )
    ends, of_first, of_second = _ends(drawn), scores(true, first), scores(true, second)
    return {name: Estimate(of_second[name] - of_first[name], *ends[name]) for name in FIGURES}


def baselines(learnt: Floats, true: Floats) -> dict[str, dict[str, float]]:
    """What it costs to say the same of every row: the `mean` or the `median` of the labels that were learnt from."""
    said = {"mean": float(learnt.mean()), "median": float(np.median(learnt))} if len(learnt) else {}
    return {name: {"value": value, **scores(true, np.full(len(true), value))} for name, value in said.items()}


def edges(true: Floats, bins: int = BINS) -> tuple[float, ...]:
    """The ends of parts of the range with about as many labels each; fewer where many are equal."""
    if not len(true):
        return ()
    found = np.unique(np.quantile(true, np.linspace(0, 1, bins + 1)))
    return tuple(found.tolist()) if len(found) > 1 else (float(found[0]), float(found[0]))


def binned(true: Floats, predicted: Floats, ends: Sequence[float]) -> list[Bin]:
    """How far predictions are off in each part of the range of the labels."""
    place = places(true, ends)
    found = []
    for one in range(len(ends) - 1):
        off = (predicted - true)[place == one]
        mae, bias = (float(np.abs(off).mean()), float(off.mean())) if len(off) else (0.0, 0.0)
        found.append(Bin(ends[one], ends[one + 1], len(off), mae, bias))
    return found


def cells(true: Floats, predicted: Floats, ends: Sequence[float]) -> NDArray[np.int64]:
    """(bins, bins) rows by the part in which their label lies and the one of their prediction; what lies beyond the
    labels' range counts in the part at its end."""
    size = len(ends) - 1
    found = np.zeros((size, size), np.int64)
    np.add.at(found, (places(true, ends), places(predicted, ends)), 1)
    return found


def places(values: Floats, ends: Sequence[float]) -> NDArray[np.int64]:
    """(n,) the part of the range in which each number lies."""
    inner = np.asarray(ends[1:-1])
    return np.searchsorted(inner, values, side="right").astype(np.int64)


def _terms(true: Floats, predicted: Floats) -> Floats:
    """(n, 4) what the figures are means of: |r|, r², y and y², of labels less their mean."""
    off, centred = predicted - true, true - true.mean()
    return np.stack([np.abs(off), off**2, centred, centred**2], 1)


def _of_means(means: Floats, middle: float) -> tuple[float, float, float]:
    absolute, squared, first, second = means
    found = of_means(absolute, squared, first, second, middle).tolist()
    return found[0], found[1], found[2]


def of_means(absolute: Floats, squared: Floats, first: Floats, second: Floats, middle: float) -> Floats:
    """(…, 3) `FIGURES` from the means of |r|, r², y and y² (…), of labels less their mean, which is `middle`."""
    variance = second - first**2
    none = variance <= 1e-12 * np.maximum(np.maximum(second, middle**2), 1e-300)
    share = np.where(none, np.where(squared == 0, 0.0, 1.0), squared / np.where(none, 1.0, variance))
    return np.stack([absolute, np.sqrt(squared), 1 - share], axis=-1)


def drawn_means(terms: Floats, report: Report) -> Floats:
    """(resamples, columns) means of rows drawn with replacement."""
    generator, rows = np.random.default_rng(SEED), len(terms)
    if rows > ONE_BY_ONE:
        means = terms.mean(0)
        return generator.multivariate_normal(means, np.cov(terms, rowvar=False) / rows, RESAMPLES)
    found = np.empty((RESAMPLES, terms.shape[1]))
    for place in range(RESAMPLES):
        found[place] = terms[generator.integers(rows, size=rows)].mean(0)
        if place % 50 == 0:
            report(place, RESAMPLES)
    return found


def _ends(drawn: Floats) -> dict[str, Interval]:
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    return {name: (float(low[place]), float(high[place])) for place, name in enumerate(FIGURES)}


def figures_data(found: Mapping[str, Estimate]) -> dict[str, object]:
    """As JSON values: each with its interval."""
    return {key: value for name, one in found.items() for key, value in _named(name, one)}


def _named(name: str, one: Estimate) -> list[tuple[str, object]]:
    return [(name, one.estimate), (f"{name}_interval", list(one.interval))]
