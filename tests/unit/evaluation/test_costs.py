"""The threshold with the lowest expected cost, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.costs import STEPS, cost_curve


def by_hand(scores: np.ndarray, bad: np.ndarray, below: np.ndarray, at: float, above_cost: float, cost: float) -> float:
    yes = scores >= at - 1e-9
    return 1000 * (above_cost * np.sum(yes & bad) + cost * np.sum(~yes & below)) / len(scores)


@pytest.mark.parametrize(("alarm", "miss"), [(1.0, 1.0), (1.0, 20.0), (5.0, 0.5)])
def test_the_curve_is_what_counting_gives_at_every_threshold(alarm: float, miss: float) -> None:
    draw = np.random.default_rng(1)
    has = draw.random(500) < 0.3
    scores = np.clip(np.where(has, 0.65, 0.35) + draw.normal(0, 0.2, 500), 0, 1)
    found = cost_curve(scores, ~has, alarm, miss, below=has)
    expected = [by_hand(scores, ~has, has, at, alarm, miss) for at in found.thresholds]
    np.testing.assert_allclose(found.costs, expected)
    assert found.costs[list(found.thresholds).index(found.best.estimate)] == min(expected)
    assert found.usual == pytest.approx(by_hand(scores, ~has, has, 0.5, alarm, miss))
    at_best = scores >= found.best.estimate
    assert (found.first, found.second) == (int(np.sum(at_best & ~has)), int(np.sum(~at_best & has)))


def test_dear_misses_lower_the_threshold_and_dear_alarms_raise_it() -> None:
    draw = np.random.default_rng(2)
    has = draw.random(2000) < 0.5
    scores = np.clip(np.where(has, 0.6, 0.4) + draw.normal(0, 0.2, 2000), 0, 1)
    at = [cost_curve(scores, ~has, alarm, miss, below=has).best.estimate for alarm, miss in ((1, 10), (1, 1), (10, 1))]
    assert at[0] < at[1] < at[2]


def test_the_cost_of_new_rows_is_inside_its_interval_and_not_flattered_by_the_choice() -> None:
    draw = np.random.default_rng(3)

    def rows(count: int) -> tuple[np.ndarray, np.ndarray]:
        has = draw.random(count) < 0.2
        return np.clip(np.where(has, 0.55, 0.4) + draw.normal(0, 0.2, count), 0, 1), has

    new_scores, new_has = rows(200_000)
    inside, counted, expected, truth = 0, [], [], []
    for _ in range(60):
        scores, has = rows(150)
        found = cost_curve(scores, ~has, 1, 4, below=has)
        real = by_hand(new_scores, ~new_has, new_has, found.best.estimate, 1, 4)
        inside += found.cost.low <= real <= found.cost.high
        counted.append(found.costs.min())
        expected.append(found.cost.estimate)
        truth.append(real)
    assert inside >= 51  # 95 % of 60 is 57
    assert abs(np.mean(expected) - np.mean(truth)) < abs(np.mean(counted) - np.mean(truth)) / 2


def test_unsure_answers_are_left_to_a_person_where_wrong_ones_cost_more() -> None:
    confidence = np.repeat([0.55, 0.95], 100)
    wrong = np.concatenate((np.arange(100) < 40, np.arange(100) < 1))
    found = cost_curve(confidence, wrong, 10, 1)
    assert 0.55 < found.best.estimate <= 0.95
    assert (found.first, found.second) == (1, 100)
    cheap = cost_curve(confidence, wrong, 1, 1)
    assert cheap.best.estimate <= 0.55 and cheap.second == 0


def test_where_nothing_pays_everything_is_below() -> None:
    found = cost_curve(np.ones(10), np.ones(10, bool), 1, 0)
    assert found.best.estimate > 1 and found.cost.estimate == 0
    assert len(found.thresholds) == STEPS + 2
