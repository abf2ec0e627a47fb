"""Wilson intervals and demographic parity against SciPy and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from core.profile.records import Group, GroupTable
from core.profile.shares import MIN_GROUP_ROWS, parity, shares_of, wilson


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (10, 10), (3, 7), (450, 1_000)])
def test_the_interval_is_wilsons(successes: int, trials: int) -> None:
    low, high = wilson(np.array(successes), np.array(trials))
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_nothing_is_known_of_an_empty_group() -> None:
    assert [float(bound) for bound in wilson(np.array(0), np.array(0))] == [0.0, 1.0]


def _table(counts: list[list[int]]) -> GroupTable:
    groups = tuple(
        Group(f"group {i}", sum(row), None, judged=sum(row) >= MIN_GROUP_ROWS) for i, row in enumerate(counts)
    )
    return GroupTable("region", "region", groups, ("yes", "no"), np.array(counts))


def test_parity_compares_the_highest_group_with_the_lowest() -> None:
    found = parity(_table([[80, 20], [20, 80], [50, 50]]))
    assert [one.label for one in found] == ["yes", "no"]
    assert (found[0].highest, found[0].lowest) == ("group 0", "group 1")
    assert (found[0].difference, found[0].ratio, found[0].overall) == pytest.approx((0.6, 0.25, 0.5))
    assert found[0].p_value < 1e-15 and not found[0].chance


def test_a_group_too_small_to_judge_is_left_out_of_parity() -> None:
    found = parity(_table([[50, 50], [48, 52], [MIN_GROUP_ROWS - 1, 0]]))
    assert (found[0].highest, found[0].chance) == ("group 0", True)
    assert parity(_table([[50, 50], [1, 0]])) == ()


def test_shares_of_a_group_add_up_to_one() -> None:
    share, low, high = shares_of(_table([[80, 20], [0, 0]]))
    assert share.sum(axis=1).tolist() == [1.0, 0.0]
    assert (low <= share).all()
    assert (share <= high).all()
