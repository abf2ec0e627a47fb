"""Associations and groups in SQL, on a real DuckDB."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.profile.bias import association, associations
from core.profile.groups import MAX_GROUPS, group_table
from core.profile.records import MISSING
from core.records import Attribute, RowFilter
from tests.unit.profile.conftest import MakeRows

REGION = Attribute("Region", "region", "category")
AMOUNT = Attribute("amount", "amount", "number")


def test_a_category_that_decides_the_label_stands_before_one_that_does_not(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a", "b"] * 100, "same": ["x", "y"] * 100, "other": (["x"] * 2 + ["y"] * 2) * 50})
    same, other = (Attribute(name, name, "category") for name in ("same", "other"))
    found = associations(rows, [other, same])
    assert [one.attribute for one in found] == ["same", "other"]
    assert found[0].value is not None
    assert found[0].value.estimate == pytest.approx(1)
    assert found[1].value is not None
    assert found[1].value.low == 0


def test_missing_values_are_a_group_that_can_be_opened(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a", "a", "b", "b"], "region": ["n", "n", None, ""]})
    table = group_table(rows, REGION)
    assert [(group.name, group.count) for group in table.groups] == [("n", 2), (MISSING, 2)]
    assert table.groups[0].where == RowFilter(attribute="region", value="n")
    assert table.groups[1].where == RowFilter(attribute="region")
    assert table.counts.tolist() == [[2, 0], [0, 2]]


def test_groups_beyond_the_largest_are_folded_and_not_judged(make_rows: MakeRows) -> None:
    names = [f"city {i:03}" for i in range(MAX_GROUPS + 20) for _ in range(3)]
    rows = make_rows({"label": ["a", "b", "a"] * (MAX_GROUPS + 20), "region": names})
    table = group_table(rows, REGION)
    assert len(table.groups) == MAX_GROUPS + 1
    assert (table.groups[-1].name, table.groups[-1].count) == ("(other: 20 groups)", 60)
    assert (table.groups[-1].judged, table.groups[-1].where) == (False, None)
    assert "20 small groups" in association(rows, REGION).note


def test_a_column_that_names_rows_is_not_measured(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a", "b"] * 20, "region": [f"id {i}" for i in range(40)]})
    found = association(rows, REGION)
    assert (found.measure, found.value) == ("none", None)
    assert found.note == "40 values in 40 rows: it names rows."


def test_one_value_and_one_label_have_no_association(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a"] * 40, "region": ["n", "s"] * 20, "amount": list(range(40))})
    assert association(rows, REGION).value is None
    assert association(rows, AMOUNT).value is None


def test_the_correlation_ratio_in_sql_is_the_one_by_hand(make_rows: MakeRows) -> None:
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 3, 500)
    values = 1e6 + draw.normal(labels, 2.0)
    rows = make_rows({"label": [str(label) for label in labels], "amount": [*values[:-1].tolist(), math.nan]})
    labels, values = labels[:-1], values[:-1]
    within = sum(((values[labels == g] - values[labels == g].mean()) ** 2).sum() for g in range(3))
    expected = math.sqrt(1 - within / ((values - values.mean()) ** 2).sum() * 498 / 496)
    found = association(rows, AMOUNT)
    assert found.measure == "correlation_ratio"
    assert found.value is not None
    assert found.value.estimate == pytest.approx(expected, rel=1e-6)
    assert found.note == "1 rows without a value are left out."


def test_a_number_is_cut_into_bands_that_open_their_rows(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a", "b"] * 500, "amount": [float(i) for i in range(1_000)]})
    table = group_table(rows, AMOUNT)
    assert [group.name for group in table.groups] == [
        "under 200",
        "200 – 400",
        "400 – 600",
        "600 – 800",
        "800 and over",
    ]
    for group in table.groups:
        assert group.where is not None
        low, high = group.where.low, group.where.high
        ((held,),) = rows.fetch(
            f"SELECT count(*) FROM {rows.relation} WHERE amount >= ? AND amount < ?",
            [-math.inf if low is None else low, math.inf if high is None else high],
        )
        assert held == group.count


def test_a_number_of_few_values_has_a_group_for_each(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a", "b", "a"] * 40, "amount": [1, 2.5, None] * 40})
    table = group_table(rows, AMOUNT)
    assert [(group.name, group.count) for group in table.groups] == [("1", 40), ("2.5", 40), (MISSING, 40)]


def test_a_time_is_cut_into_bands_of_dates(make_rows: MakeRows) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    rows = make_rows({"label": ["a", "b"] * 50, "at": [start + timedelta(days=i) for i in range(100)]})
    table = group_table(rows, Attribute("at", "at", "time"))
    assert [group.name for group in table.groups][:2] == ["under 2020-01-20", "2020-01-20 – 2020-02-09"]


def test_a_column_may_be_called_anything(make_rows: MakeRows) -> None:
    name = 'a "b"; DROP TABLE examples --'
    rows = make_rows({"label": ["a", "b"] * 20, name: ["x", "y"] * 20})
    assert association(rows, Attribute(name, name, "category")).value is not None
