"""Drawing from the cells is drawing rows."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics

from core.evaluation.bootstrap import RESAMPLES, accuracy_interval, intervals, resamples, score_intervals
from core.evaluation.comparison import JointCells, differences, joint_cells, paired_intervals
from core.evaluation.confusion import Cells

ROWS = 240


def quiet(done: float, total: float) -> None:
    """Nobody watches."""


def rows_of(seed: int, classes: int = 4, right: float = 0.6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True classes and two predictions, row by row; the first class is rare, the last one common."""
    generator = np.random.default_rng(seed)
    true = np.sort(generator.integers(classes**2, size=ROWS)) ** 0.5 // 1
    first, second = (
        np.where(generator.random(ROWS) < share, true, generator.integers(classes, size=ROWS))
        for share in (right, right + 0.1)
    )
    return true.astype(np.int64), first.astype(np.int64), second.astype(np.int64)


def cells_of(true: np.ndarray, predicted: np.ndarray, classes: int = 4) -> Cells:
    pairs, count = np.unique(np.stack([true, predicted]), axis=1, return_counts=True)
    return Cells(pairs[0], pairs[1], count, classes)


def test_the_intervals_are_those_of_resampling_rows_one_by_one() -> None:
    true, predicted, _ = rows_of(0)
    generator = np.random.default_rng(7)
    drawn = []
    for _ in range(RESAMPLES):
        chosen = generator.integers(ROWS, size=ROWS)
        drawn.append(
            [
                (true[chosen] == predicted[chosen]).mean(),
                sklearn.metrics.f1_score(true[chosen], predicted[chosen], average="macro", zero_division=0),
            ]
        )
    ours = score_intervals(cells_of(true, predicted), quiet)
    assert np.array(ours) == pytest.approx(np.array(intervals(np.array(drawn))), abs=0.015)


def test_cells_that_are_drawn_as_a_whole_and_row_by_row_spread_alike() -> None:
    true, predicted = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 0, 2])
    count = np.array([200, 4, 90, 40, 6])
    draws = [one for (one,) in resamples(true, (predicted,), count, 3)]
    support = np.array([one.support for one in draws])
    right = np.array([one.true_positives for one in draws])
    predicted = np.array([one.predicted_count for one in draws])
    assert (support.sum(axis=1) == 340).all()
    assert (predicted.sum(axis=1) == 340).all()
    for drawn, rows in ((support, [204, 130, 6]), (right, [200, 90, 6]), (predicted, [240, 94, 6])):
        share = np.array(rows) / 340
        assert drawn.mean(axis=0) == pytest.approx(rows, abs=1.5)
        assert drawn.std(axis=0) == pytest.approx(np.sqrt(340 * share * (1 - share)), rel=0.1)


def test_a_seed_gives_the_same_intervals_again() -> None:
    true, predicted, _ = rows_of(1)
    matrix = cells_of(true, predicted)
    assert score_intervals(matrix, quiet) == score_intervals(matrix, quiet)


def test_two_rows_that_are_right_do_not_make_a_run_certain() -> None:
    accuracy, macro = score_intervals(Cells(np.arange(2), np.arange(2), np.array([1, 1]), 2), quiet)
    assert accuracy == (pytest.approx(0.342, abs=0.001), 1.0)
    assert 0.3 < macro[0] < 0.5 and macro[1] == 1.0
    accuracy, macro = score_intervals(Cells(np.arange(2), 1 - np.arange(2), np.array([1, 1]), 2), quiet)
    assert accuracy == (0.0, pytest.approx(0.658, abs=0.001))
    assert macro[0] == 0.0 and 0.5 < macro[1] < 0.7


@pytest.mark.parametrize("share", [0.97, 0.995])
def test_the_interval_of_an_accuracy_near_1_holds_it_as_often_as_it_says(share: float) -> None:
    draw, only, held = np.random.default_rng(5), np.zeros(1, np.int64), 0
    for _ in range(2000):
        right = int(draw.binomial(60, share))
        matrix = Cells(np.repeat(only, 2), np.array([0, 1]), np.array([right, 60 - right]), 2)
        low, high = accuracy_interval(matrix.sums())
        held += low <= share <= high
    assert held / 2000 > 0.93


def test_the_more_rows_are_right_the_nearer_the_lower_ends_come_to_1() -> None:
    ends = [
        [low for low, _ in score_intervals(Cells(np.arange(2), np.arange(2), np.array([rows, rows]), 2), quiet)]
        for rows in (2, 20, 200)
    ]
    assert ends[0] < ends[1] < ends[2] and min(ends[2]) > 0.98


def joint_of(seed: int) -> tuple[JointCells, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    rows = rows_of(seed)
    triples, count = np.unique(np.stack(rows), axis=1, return_counts=True)
    return JointCells(*triples, count, 4), rows


def test_differences_are_those_of_scikit_learns_figures() -> None:
    joint, (true, first, second) = joint_of(2)
    found = paired_intervals(joint, quiet)
    listed = differences(joint, ("a", "b", "c", "d"), found.differences)
    assert [one.name for one in listed] == ["accuracy", "macro_f1", "a", "b", "c", "d"]
    for side, predicted in (("first", first), ("second", second)):
        theirs = [
            sklearn.metrics.accuracy_score(true, predicted),
            sklearn.metrics.f1_score(true, predicted, average="macro"),
            *sklearn.metrics.f1_score(true, predicted, average=None),
        ]
        assert [getattr(one, side) for one in listed] == pytest.approx(theirs, abs=1e-9)
    for one in listed:
        assert one.difference.estimate == pytest.approx(one.second - one.first)
        assert one.difference.low <= one.difference.estimate <= one.difference.high
    assert [one.support for one in listed[2:]] == np.bincount(true).tolist()
    assert joint.only_right() == (
        int(((first == true) & (second != true)).sum()),
        int(((first != true) & (second == true)).sum()),
    )


def test_what_both_have_in_common_cancels_out_of_a_paired_interval() -> None:
    joint = joint_cells([("a", "a", "a", 50), ("a", "b", "b", 48), ("a", "b", "a", 2)], ("a", "b"))
    found = paired_intervals(joint, quiet)
    alone = found.first[0][1] - found.first[0][0]
    low, high = found.differences[0]
    assert high - low < alone / 3
    assert low >= 0


def test_a_run_beside_itself_differs_in_nothing_as_far_as_so_many_rows_can_tell() -> None:
    joint = joint_cells([("a", "a", "a", 5), ("a", "b", "b", 4), ("b", "b", "b", 20)], ("a", "b"))
    found = differences(joint, ("a", "b"), paired_intervals(joint, quiet).differences)
    assert {one.difference.estimate for one in found} == {0.0}
    assert [one.difference.high for one in found] == pytest.approx([0.117, 0.117, 0.299, 0.161], abs=0.001)
    assert all(one.difference.low == -one.difference.high for one in found)


def test_two_rows_do_not_make_one_run_better_than_another() -> None:
    joint = joint_cells([("a", "b", "a", 1), ("b", "a", "b", 1)], ("a", "b"))
    for one in differences(joint, ("a", "b"), paired_intervals(joint, quiet).differences):
        assert one.difference.estimate == 1.0 and one.difference.low <= 0 < one.difference.high
