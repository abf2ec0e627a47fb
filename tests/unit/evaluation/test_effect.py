"""Differences between models that learnt from different labels: means over seeds, intervals over seeds and rows."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics

from core.evaluation.effect import compare_arms, seed_factor
from core.records import ARMS, Arm, ArmComparison

LABELS = ("a", "b", "c", "d")
ROWS, SEEDS = 300, 4


def quiet(done: float, total: float) -> None:
    """Nobody watches."""


def made(right: dict[Arm, float], seed: int = 0, spread: float = 0.0) -> tuple[np.ndarray, dict[Arm, np.ndarray]]:
    """True classes, none of them d, and predictions that are right by these shares; `spread` is that of the seeds."""
    generator = np.random.default_rng(seed)
    true = generator.integers(3, size=ROWS)
    hard = generator.random(ROWS)
    predictions = {}
    for arm in ARMS:
        shares = right[arm] + spread * generator.standard_normal((SEEDS, 1))
        predictions[arm] = np.where(hard < shares, true, (true + 1) % 3)
    return true, predictions


def compared(true: np.ndarray, predictions: dict[Arm, np.ndarray]) -> dict[tuple[str, str], ArmComparison]:
    return {(one.first, one.second): one for one in compare_arms(true, predictions, LABELS, quiet)}


def test_the_figures_are_scikit_learns_means_over_the_seeds() -> None:
    true, predictions = made({"given": 0.7, "reviewed": 0.8, "random": 0.6}, spread=0.05)
    found = compared(true, predictions)["given", "reviewed"]
    for name, score in {
        "accuracy": sklearn.metrics.accuracy_score,
        "macro_f1": lambda t, p: sklearn.metrics.f1_score(t, p, average="macro"),
        "b": lambda t, p: sklearn.metrics.f1_score(t, p, labels=[1], average=None)[0],
    }.items():
        first, second = (np.mean([score(true, one) for one in predictions[arm]]) for arm in ("given", "reviewed"))
        difference = found.of(name)
        assert (difference.first, difference.second) == pytest.approx((first, second), abs=1e-9)
        assert difference.difference.estimate == pytest.approx(second - first, abs=1e-9)
    assert found.of("accuracy").support == ROWS
    assert found.of("b").support == (true == 1).sum()


def test_a_class_that_neither_occurs_nor_is_predicted_is_left_out() -> None:
    found = compared(*made({"given": 0.7, "reviewed": 0.8, "random": 0.6}))["given", "reviewed"]
    assert [one.name for one in found.differences] == ["accuracy", "macro_f1", "a", "b", "c"]


def test_models_that_say_the_same_do_not_differ() -> None:
    true, predictions = made({"given": 0.7, "reviewed": 0.7, "random": 0.7})
    for comparison in compared(true, predictions).values():
        for one in comparison.differences:
            low, high = one.difference.interval
            assert one.difference.estimate == 0.0 and -low == high, "nothing speaks for either"
            assert 0 < high < 0.05, "what so many rows leave open"


def test_a_true_difference_leaves_out_0_and_every_pair_is_compared() -> None:
    found = compared(*made({"given": 0.7, "reviewed": 0.8, "random": 0.6}))
    for pair, sign in {("given", "reviewed"): 1, ("random", "reviewed"): 1, ("given", "random"): -1}.items():
        low, high = found[pair].of("accuracy").difference.interval
        assert min(sign * low, sign * high) > 0


def test_seeds_that_spread_widen_the_interval() -> None:
    widths = []
    for spread in (0.0, 0.1):
        low, high = (
            compared(*made({"given": 0.7, "reviewed": 0.75, "random": 0.7}, spread=spread))["given", "reviewed"]
            .of("accuracy")
            .difference.interval
        )
        widths.append(high - low)
    assert widths[1] > 2 * widths[0]


def test_the_same_predictions_give_the_same_intervals() -> None:
    true, predictions = made({"given": 0.7, "reviewed": 0.8, "random": 0.6}, spread=0.05)
    assert compared(true, predictions) == compared(true, predictions)


def test_intervals_hold_the_true_difference_about_as_often_as_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("bootstrap", "effect"):
        monkeypatch.setattr(f"core.evaluation.{room}.RESAMPLES", 200)
    held = 0
    for trial in range(60):
        true, predictions = made({"given": 0.6, "reviewed": 0.7, "random": 0.6}, seed=trial, spread=0.04)
        low, high = compared(true, predictions)["given", "reviewed"].of("accuracy").difference.interval
        held += low <= 0.1 <= high
    assert held >= 53


def test_few_seeds_count_as_students_t_has_it() -> None:
    assert seed_factor(5) == pytest.approx(2.7764 / 1.9600 * (5 / 4) ** 0.5, abs=1e-3)
    assert seed_factor(2) > 9
    assert seed_factor(1000) == pytest.approx(1, abs=0.01)
