"""Pairs of classes that predictions tell apart hardly better than a coin."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.confusion import MOST_OVERLAPPED, hardly_told_apart


def test_two_classes_that_are_guessed_are_named_and_good_ones_are_not() -> None:
    matrix = np.array([[30, 28, 2], [26, 34, 0], [1, 1, 58]])
    [one] = hardly_told_apart(matrix, ("tv", "television", "radio"), 5)
    assert (one.first, one.second, one.rows) == ("tv", "television", 118)
    assert one.right.estimate == pytest.approx((30 / 58 + 34 / 60) / 2)
    assert one.right.low < 0.5 < one.right.high < MOST_OVERLAPPED


def test_a_few_rows_say_nothing_and_a_large_class_does_not_hide_a_small_one() -> None:
    assert hardly_told_apart(np.array([[4, 4], [4, 4]]), ("a", "b"), 5) == ()
    lost = np.array([[900, 10], [60, 5]])
    [one] = hardly_told_apart(lost, ("a", "b"), 5)
    assert one.right.estimate == pytest.approx((900 / 910 + 5 / 65) / 2), "each class counts the same"


def test_the_pairs_with_most_rows_come_first_and_so_many_at_most() -> None:
    matrix = np.kron(np.eye(3, dtype=int), np.array([[40, 40], [40, 40]])) * np.repeat([1, 3, 2], 2)[:, None]
    found = hardly_told_apart(matrix, tuple("abcdef"), 2)
    assert [(one.first, one.second) for one in found] == [("c", "d"), ("e", "f")]
    assert hardly_told_apart(np.zeros((3, 3), int), tuple("abc"), 2) == ()


def test_two_classes_under_each_others_names_are_told_apart() -> None:
    assert hardly_told_apart(np.array([[0, 100], [100, 0]]), ("a", "b"), 5) == ()


def test_the_interval_holds_the_share_that_is_right_and_finds_a_class_that_was_parted_by_chance() -> None:
    """Thirty rows of each half, right as a coin is: those are one class. Right in three of four: these are two."""
    rng = np.random.default_rng(0)
    found = {0.5: 0, MOST_OVERLAPPED: 0}
    held = 0
    for right in found:
        for _ in range(1000):
            own = rng.binomial(30, right, 2)
            told = hardly_told_apart(np.array([[own[0], 30 - own[0]], [30 - own[1], own[1]]]), ("a", "b"), 5)
            found[right] += len(told)
            held += right == 0.5 and any(one.right.low <= right <= one.right.high for one in told)
    assert found[0.5] > 950, "nearly all"
    assert found[MOST_OVERLAPPED] <= 40, "by chance, at the upper end of an interval of 95 %"
    assert held / found[0.5] > 0.94
