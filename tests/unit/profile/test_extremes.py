"""Numbers near the ends of their range, and beyond them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import pytest

from core.charts.histogram import histogram
from core.profile.bias import association
from core.profile.groups import group_table
from core.profile.numbers import number_profile
from core.records import Attribute
from tests.unit.profile.conftest import MakeRows

AMOUNT = Attribute("amount", "amount", "number")
EXTREMES = {
    "huge": [1.5e308 if i == 4 else -1.5e308 if i == 5 else i / 7 for i in range(32)],
    "all huge": [(-1.0) ** i * (1.7e308 - i * 1e305) for i in range(32)],
    "tiny": [i * 5e-324 for i in range(32)],
    "tiny spread": [1e-310 * (1 + i) for i in range(32)],
    "large whole": [2.0**1000 + i * 2.0**950 for i in range(32)],
    "infinite": [math.inf if i % 2 else -math.inf if i == 2 else i / 7 for i in range(32)],
    "few and infinite": [math.inf if i % 3 else -math.inf if i % 2 else 3.0 for i in range(32)],
    "not a number": [math.nan if i % 4 else i / 7 for i in range(32)],
}


@pytest.mark.parametrize("case", EXTREMES)
def test_every_finite_value_is_in_one_bar_and_every_figure_is_finite(make_rows: MakeRows, case: str) -> None:
    values = EXTREMES[case]
    found = number_profile(make_rows({"label": ["a", "b"] * 16, "amount": values}), AMOUNT)
    finite = [value for value in values if math.isfinite(value)]
    assert found is not None
    assert sum(one.count for one in found.bins) == found.count == len(finite)
    assert (found.minimum, found.maximum) == (min(finite), max(finite))
    assert all(map(math.isfinite, (found.p5, found.median, found.p95)))
    assert min(finite) <= found.median <= max(finite)
    assert len(found.bins) < 60
    assert histogram([(one.low, one.high, one.count) for one in found.bins]).to_json()


@pytest.mark.parametrize("case", ["huge", "all huge", "tiny", "tiny spread", "large whole"])
def test_an_association_does_not_depend_on_the_unit(make_rows: MakeRows, case: str) -> None:
    labels = ["ab"[i // 16] for i in range(32)]
    small = [float(i) for i in range(32)] if "spread" in case or case in ("tiny", "large whole") else None
    found = association(make_rows({"label": labels, "amount": EXTREMES[case]}), AMOUNT)
    assert found.value is not None
    assert 0 <= found.value.low <= found.value.estimate <= found.value.high <= 1
    if small is not None:
        same = association(make_rows({"label": labels, "amount": small}), AMOUNT).value
        assert same is not None
        assert found.value.estimate == pytest.approx(same.estimate, rel=1e-3)


@pytest.mark.parametrize("case", EXTREMES)
def test_every_row_is_in_one_group_that_its_filter_opens(make_rows: MakeRows, case: str) -> None:
    values = EXTREMES[case]
    found = group_table(make_rows({"label": ["a", "b"] * 16, "amount": values}), AMOUNT)
    assert sum(group.count for group in found.groups) == len(values)
    for group in found.groups:
        assert len(group.name) < 40
        where = group.where
        assert where is not None
        if where.low is None and where.high is None:
            assert group.count in (len(values), sum(map(math.isnan, values)))
        else:
            assert group.count == _within(values, where.low, where.high)


def _within(values: Sequence[float], low: float | None, high: float | None) -> int:
    return sum((low is None or value >= low) and (high is None or value < high) for value in values)


def test_times_beyond_the_calendar_have_a_year(make_rows: MakeRows) -> None:
    days = [date(2020, 1, 1), date(2021, 1, 1)] * 8
    rows = make_rows({"label": ["a", "b"] * 8, "day": days})
    rows.relation = "(SELECT * REPLACE (day + INTERVAL 200000 YEARS AS day) FROM examples)"
    found = group_table(rows, Attribute("day", "day", "time"))
    assert [group.name for group in found.groups] == ["year 202,020", "year 202,021"]
