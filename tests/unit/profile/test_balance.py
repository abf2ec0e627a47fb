"""Class balance, per split and between splits, on a real DuckDB."""

from __future__ import annotations

import math

import pytest

from core.profile.balance import balance, balance_of, split_balance
from core.profile.records import MISSING
from tests.unit.profile.conftest import MakeRows


def test_classes_come_largest_first_with_their_shares(make_rows: MakeRows) -> None:
    found = balance(make_rows({"label": ["b", "a", "b", "b", "c", "a"]}), ["a", "b", "c", "d"])
    assert [(one.label, one.count) for one in found.classes] == [("b", 3), ("a", 2), ("c", 1)]
    assert found.classes[0].share == pytest.approx(0.5)
    assert (found.total, found.imbalance_ratio, found.absent) == (6, 3.0, ("d",))


def test_equal_classes_are_all_effective() -> None:
    assert balance_of({f"class {i}": 7 for i in range(5_000)}).effective_classes == pytest.approx(5_000)


def test_a_dominant_class_leaves_few_effective_ones() -> None:
    found = balance_of({"a": 98, "b": 1, "c": 1})
    assert found.effective_classes == pytest.approx(math.exp(-(0.98 * math.log(0.98) + 0.02 * math.log(0.01))))


def test_no_rows_are_no_classes() -> None:
    assert balance_of({}).effective_classes == 0
    assert balance_of({"a": 0}, ["a"]).absent == ("a",)


def test_splits_that_differ_are_told_from_splits_that_do_not(make_rows: MakeRows) -> None:
    alike = make_rows({"label": ["a", "b"] * 60, "split": ["train"] * 80 + ["test"] * 40})
    found = split_balance(alike, ["a", "b"])
    assert found.splits == ("train", "test")
    assert found.test is not None
    assert found.test.p_value == pytest.approx(1)
    differing = make_rows({"label": ["a"] * 80 + ["b"] * 40, "split": ["train"] * 80 + ["test"] * 40})
    found = split_balance(differing, ["a", "b"])
    assert found.test is not None
    assert found.cramers_v is not None
    assert found.test.p_value < 1e-9
    assert found.cramers_v.estimate == pytest.approx(1)
    assert found.balances[1].absent == ("a",)


def test_rows_without_a_split_are_a_split_of_their_own_and_one_split_has_no_test(make_rows: MakeRows) -> None:
    found = split_balance(make_rows({"label": ["a", "b", "a"]}), ["a", "b"])
    assert (found.splits, found.test, found.cramers_v) == ((MISSING,), None, None)
    assert found.counts.tolist() == [[2, 1]]
