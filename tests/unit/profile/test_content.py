"""Histograms, values, duplicates and missing values in SQL, on a real DuckDB."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from core.profile.duplicates import duplicates, repeated_rows
from core.profile.missing import missing_values
from core.profile.numbers import number_profile
from core.profile.values import value_balance
from core.records import Attribute
from tests.unit.profile.conftest import MakeRows

AMOUNT = Attribute("amount", "amount", "number")


def test_every_row_is_in_one_bar_and_bars_have_round_edges(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a"] * 1_000, "amount": [*range(998), None, math.nan]})
    found = number_profile(rows, AMOUNT)
    assert found is not None
    assert (found.count, found.missing, found.minimum, found.maximum) == (998, 2, 0, 997)
    assert sum(one.count for one in found.bins) == 998
    assert {one.high - one.low for one in found.bins} == {25}


def test_a_long_tail_is_one_last_bar_that_is_open(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a"] * 1_001, "amount": [*range(1_000), 1_000_000]})
    found = number_profile(rows, AMOUNT)
    assert found is not None
    assert found.bins[-1].high == math.inf
    assert len(found.bins) < 60


def test_a_constant_and_an_empty_column_have_one_bar_and_none(make_rows: MakeRows) -> None:
    constant = number_profile(make_rows({"label": ["a"] * 5, "amount": [7] * 5}), AMOUNT)
    assert constant is not None
    assert [(one.low, one.high, one.count) for one in constant.bins] == [(7, 8, 5)]
    assert number_profile(make_rows({"label": ["a"], "amount": [None]}), AMOUNT) is None


def test_negative_fractions_have_bars_too(make_rows: MakeRows) -> None:
    found = number_profile(make_rows({"label": ["a"] * 200, "amount": [-i / 1000 for i in range(200)]}), AMOUNT)
    assert found is not None
    assert sum(one.count for one in found.bins) == 200


def test_times_are_counted_in_seconds(make_rows: MakeRows) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    found = number_profile(make_rows({"label": ["a"], "at": [at]}), Attribute("at", "at", "time"))
    assert found is not None
    assert found.median == at.timestamp()


def test_values_are_counted_largest_first(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a"] * 4, "amount": ["x", "x", "y", None]})
    found, missing = value_balance(rows, Attribute("amount", "amount", "category"))
    assert [(one.label, one.count) for one in found.classes] == [("x", 2), ("y", 1)]
    assert missing == 1


def test_duplicates_conflicts_and_split_leaks_are_counted(make_rows: MakeRows) -> None:
    rows = make_rows(
        {
            "label": ["a", "a", "a", "b", "c", "a"],
            "example_id": list(range(6)),
            "content_hash": ["1", "1", "2", "2", "2", "3"],
            "split": ["train", "test", "train", "train", "train", "test"],
        }
    )
    found = duplicates(rows)
    assert (found.groups, found.rows) == (2, 5)
    assert (found.conflicting_groups, found.conflicting_rows, found.straddling_groups) == (1, 3, 1)
    assert found.pairs == (("a", "b", 1), ("a", "c", 1), ("b", "c", 1))
    assert repeated_rows(rows) == (0, 1, 2, 3, 4)
    assert repeated_rows(rows, "conflicting") == (2, 3, 4)
    assert repeated_rows(rows, "conflicting", ("a", "c")) == (2, 4)
    assert repeated_rows(rows, "straddling") == (0, 1)


def test_rows_that_are_all_different_have_no_duplicates(make_rows: MakeRows) -> None:
    found = duplicates(make_rows({"label": ["a", "b"]}))
    assert (found.groups, found.rows, found.pairs) == (0, 0, ())


def test_missing_values_count_empty_texts_too(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a"] * 3, "amount": [1, None, None], "region": ["", None, None]})
    found = missing_values(rows, [AMOUNT, Attribute("Region", "region", "category")])
    assert (found.total, found.columns) == (3, (("Region", "region", 3), ("amount", "amount", 2)))
    assert missing_values(rows, []).columns == ()


def test_values_that_are_missing_where_one_label_is_are_told(make_rows: MakeRows) -> None:
    """The amount lacks 30 of 60 values of `late` and 2 of 60 of `early`; `Region` as many of either."""
    labels = ["late", "early"] * 60
    amounts = [
        None if (row % 4 == 0 if label == "late" else row in (1, 3)) else 1.0 for row, label in enumerate(labels)
    ]
    regions = ["" if row % 6 < 2 else "north" for row in range(120)]
    rows = make_rows({"label": labels, "amount": amounts, "region": regions})
    found = missing_values(rows, [AMOUNT, Attribute("Region", "region", "category")])
    assert [one for *_, one in found.columns] == [40, 32]
    [tied] = found.by_label
    assert (tied.name, tied.most, tied.least) == (AMOUNT.name, "late", "early")
    assert (tied.most_share.estimate, tied.least_share.estimate) == (0.5, 2 / 60) and tied.p_value < 1e-6


@pytest.mark.parametrize("tail", [0, 1])
def test_a_bar_never_counts_a_row_twice(make_rows: MakeRows, tail: int) -> None:
    rows = make_rows({"label": ["a"] * (500 + tail), "amount": [0.1 * i for i in range(500)] + [1e9] * tail})
    found = number_profile(rows, AMOUNT)
    assert found is not None
    assert sum(one.count for one in found.bins) == 500 + tail


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("rows_there", [12, 60, 199, 500])
def test_huge_values_among_few_rows_do_not_leave_the_others_one_bar(
    make_rows: MakeRows, rows_there: int, sign: int
) -> None:
    usual = [sign * (100 + i % 50) for i in range(rows_there - rows_there // 12)]
    huge = [sign * 9_000_000] * (rows_there // 12)
    found = number_profile(make_rows({"label": ["a"] * rows_there, "amount": [*usual, *huge]}), AMOUNT)
    assert found is not None
    far = found.bins[-1] if sign == 1 else found.bins[0]
    assert math.inf in (far.high, -far.low) and far.count == len(huge)
    others = [one.count for one in found.bins if one is not far]
    assert max(others) <= len(usual) / 3
    assert sum(others) == len(usual)
