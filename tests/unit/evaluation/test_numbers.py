"""Figures of predicted numbers: scikit-learn's, with intervals that hold what they should."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from core.evaluation import numbers


def drawn(rows: int, seed: int = 0, noise: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    true = chance.normal(50, 3, rows)
    return true, true + noise * chance.normal(size=rows)


def test_figures_are_scikit_learns() -> None:
    true, predicted = drawn(300)
    assert numbers.scores(true, predicted) == pytest.approx(
        {
            "mae": mean_absolute_error(true, predicted),
            "rmse": root_mean_squared_error(true, predicted),
            "r2": r2_score(true, predicted),
        }
    )
    same = np.full(5, 3.0)
    assert numbers.scores(same, same)["r2"] == r2_score(same, same) == 1.0
    assert numbers.scores(same, same + 1)["r2"] == r2_score(same, same + 1) == 0.0


def test_intervals_hold_the_figures_of_nearly_all_samples() -> None:
    expected = {"mae": np.sqrt(2 / np.pi), "rmse": 1.0, "r2": 1 - 1 / 9}
    within = dict.fromkeys(expected, 0)
    for seed in range(60):
        for name, (low, high) in numbers.intervals(*drawn(150, seed)).items():
            within[name] += low <= expected[name] <= high
    assert all(count >= 50 for count in within.values()), within


def test_many_rows_are_drawn_as_few_are() -> None:
    true, predicted = drawn(numbers.ONE_BY_ONE)
    few = numbers.intervals(true, predicted)
    many = numbers.intervals(np.append(true, 50.0), np.append(predicted, 50.0))
    for name in numbers.FIGURES:
        assert np.diff(many[name]) == pytest.approx(np.diff(few[name]), rel=0.2)


def test_a_difference_is_paired() -> None:
    true, first = drawn(200)
    found = numbers.differences(true, first, true + 0.9 * (first - true))["mae"]
    assert found.low < found.estimate < found.high < 0
    apart = numbers.intervals(true, first)["mae"]
    assert found.high - found.low < (apart[1] - apart[0]) / 3


def test_baselines_say_one_number() -> None:
    true, _ = drawn(100)
    found = numbers.baselines(np.array([1.0, 1.0, 10.0]), true)
    assert found["mean"]["value"] == 4
    assert found["median"]["value"] == 1
    assert found["median"]["mae"] == pytest.approx(np.abs(true - 1).mean())
    assert numbers.baselines(np.empty(0), true) == {}


def test_parts_of_the_range_have_all_rows() -> None:
    true, predicted = drawn(1003)
    ends = numbers.edges(true)
    bins, cells = numbers.binned(true, predicted, ends), numbers.cells(true, predicted, ends)
    assert sum(one.rows for one in bins) == cells.sum() == 1003
    assert cells.sum(1).tolist() == [one.rows for one in bins]
    assert max(one.rows for one in bins) - min(one.rows for one in bins) <= 2
    few = numbers.edges(np.array([1.0, 1, 1, 1, 2]))
    assert numbers.cells(np.array([1.0, 1, 1, 1, 2]), np.array([0.0, 5, 1, 1, 2]), few).sum() == 5
