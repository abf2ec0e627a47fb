"""Differences between models that learnt from different sets of classes: paired over seeds and rows."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics

from core.evaluation.effect import compare_arms
from core.records import ARMS, Arm, ArmComparison

LABELS = ("a", "b", "c", "d")
FIGURES = ("micro_f1", "macro_f1", "samples_f1", "accuracy")
ROWS, SEEDS = 300, 3


def quiet(done: float, total: float) -> None:
    """Nobody watches."""


def made(right: dict[Arm, float]) -> tuple[np.ndarray, dict[Arm, np.ndarray]]:
    """True sets without class d, and predictions whose answers are right by these shares."""
    generator = np.random.default_rng(0)
    true = (generator.random((ROWS, 4)) < (0.5, 0.3, 0.4, 0)).astype(np.int8)
    hard = generator.random((SEEDS, ROWS, 4))
    hard[..., 3] = 0
    return true, {arm: np.where(hard < right[arm], true, 1 - true).astype(np.int8) for arm in ARMS}


def compared(true: np.ndarray, predictions: dict[Arm, np.ndarray]) -> dict[tuple[str, str], ArmComparison]:
    return {(one.first, one.second): one for one in compare_arms(true, predictions, LABELS, quiet)}


def test_the_figures_are_scikit_learns_means_over_the_seeds() -> None:
    true, predictions = made({"given": 0.7, "reviewed": 0.85, "random": 0.6})
    found = compared(true, predictions)["given", "reviewed"]
    assert [one.name for one in found.differences] == [*FIGURES, "a", "b", "c"], "none has class d"

    def by(average: str, predicted: np.ndarray) -> float:
        return float(sklearn.metrics.f1_score(true, predicted, average=average, zero_division=0))

    for name, score in {
        "micro_f1": lambda one: by("micro", one),
        "macro_f1": lambda one: by("macro", one),
        "samples_f1": lambda one: by("samples", one),
        "accuracy": lambda one: sklearn.metrics.accuracy_score(true, one),
        "b": lambda one: sklearn.metrics.f1_score(true[:, 1], one[:, 1]),
    }.items():
        first, second = (np.mean([score(one) for one in predictions[arm]]) for arm in ("given", "reviewed"))
        difference = found.of(name)
        assert (difference.first, difference.second) == pytest.approx((first, second), abs=1e-9)
        assert difference.difference.estimate == pytest.approx(second - first, abs=1e-9)
    assert (found.of("micro_f1").support, found.of("b").support) == (ROWS, true[:, 1].sum())


def test_a_true_difference_leaves_out_0_in_every_figure() -> None:
    found = compared(*made({"given": 0.7, "reviewed": 0.85, "random": 0.6}))
    for pair, sign in {("given", "reviewed"): 1, ("random", "reviewed"): 1, ("given", "random"): -1}.items():
        for name in FIGURES:
            difference = found[pair].of(name).difference
            low, high = difference.interval
            assert min(sign * low, sign * high) > 0
            assert low < difference.estimate < high


def test_models_that_say_the_same_do_not_differ() -> None:
    for comparison in compared(*made({"given": 0.7, "reviewed": 0.7, "random": 0.7})).values():
        for one in comparison.differences:
            low, high = one.difference.interval
            assert one.difference.estimate == 0.0 and -low == high and 0 < high < 0.05


def test_differences_are_paired_by_row() -> None:
    """Where the second is right wherever the first is, intervals are far narrower than those of either."""
    true, predictions = made({"given": 0.7, "reviewed": 0.7, "random": 0.7})
    predictions["reviewed"] = predictions["given"].copy()
    better = np.arange(ROWS) < 15
    predictions["reviewed"][:, better] = true[better]
    low, high = compared(true, predictions)["given", "reviewed"].of("accuracy").difference.interval
    alone = 2 * 1.96 * np.sqrt(0.34 * 0.66 / ROWS)
    assert 0 < high - low < alone


def test_repeated_rows_count_as_often_as_they_are_there_and_the_same_is_found_again() -> None:
    true, predictions = made({"given": 0.7, "reviewed": 0.85, "random": 0.6})
    twice = {arm: np.concatenate([one, one], axis=1) for arm, one in predictions.items()}
    once, doubled = compared(true, predictions), compared(np.concatenate([true, true]), twice)
    for pair, comparison in once.items():
        for name in FIGURES:
            one, other = comparison.of(name).difference, doubled[pair].of(name).difference
            assert other.estimate == pytest.approx(one.estimate)
    assert once == compared(true, predictions)
