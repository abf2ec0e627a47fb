"""How far numbers are off in groups, held against scipy's tests and intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kruskal, t

from core.profile.by_group.off import kruskal_wallis, number_outcomes, off
from core.profile.records import CHANCE
from core.records import Attribute
from core.targets.number.facts import NUMBER
from tests.unit.profile.conftest import MakeRows, TableRows

SIDE, AREA = Attribute("side", "side", "category"), Attribute("area", "area", "number")


def test_figures_are_means_with_students_intervals() -> None:
    residuals = np.random.default_rng(0).normal(1, 2, 50)
    found = off(residuals)
    assert found.rows == 50 and found.judged and found.mae and found.bias
    low, high = t.interval(0.95, 49, residuals.mean(), residuals.std(ddof=1) / 50**0.5)
    assert (found.bias.estimate, found.bias.low, found.bias.high) == pytest.approx((residuals.mean(), low, high))
    assert found.mae.estimate == pytest.approx(np.abs(residuals).mean()) and found.mae.low > 0
    assert off(np.zeros(0)).mae is None and not off(np.zeros(29)).judged


def test_the_test_by_ranks_is_scipys_with_ties_too() -> None:
    generator = np.random.default_rng(1)
    groups = [np.round(generator.normal(shift, 1, size), 1) for shift, size in ((0, 40), (0.5, 60), (0.2, 35))]
    assert kruskal_wallis(groups) == pytest.approx(kruskal(*groups).pvalue)
    assert kruskal_wallis([np.ones(40), np.ones(50)]) == 1 and kruskal_wallis(groups[:1]) == 1


def _rows(make_rows: MakeRows, labels: np.ndarray, **columns: list[object]) -> TableRows:
    rows = make_rows(
        {"label": [repr(float(one)) for one in labels], "example_id": range(len(labels)), **columns}, NUMBER
    )
    rows.fetch("CREATE OR REPLACE TABLE predictions AS SELECT example_id, 'r' AS run_id, 'test' AS split FROM examples")
    return rows


def test_groups_that_are_off_to_one_side_are_told_from_chance(make_rows: MakeRows) -> None:
    generator = np.random.default_rng(2)
    labels = generator.normal(0, 10, 300)
    side = ["north" if one else "south" for one in generator.random(300) < 0.5]
    residuals = generator.normal(0, 1, 300) + np.where(np.array(side) == "north", 1.0, 0.0)
    area = [None if n % 10 == 0 else float(n) for n in range(300)]
    rows = _rows(make_rows, labels, side=[*side[:-3], "east", "east", "east"], area=area)
    found = number_outcomes(rows, "r", "test", [SIDE], np.arange(300), residuals)
    by_name = {group.name: one for group, one in zip(found.groups, found.off, strict=True)}
    own = residuals[:297][np.array(side[:297]) == "north"]
    assert by_name["north"].rows == len(own) and by_name["north"].bias
    assert by_name["north"].bias.estimate == pytest.approx(own.mean())
    assert found.p_value < 1e-6 and by_name["east"].rows == 3 and not by_name["east"].judged
    assert found.difference == pytest.approx(by_name["north"].mae.estimate - by_name["south"].mae.estimate)  # type: ignore[union-attr]
    bands = number_outcomes(rows, "r", "test", [AREA], np.arange(300), residuals)
    assert len(bands.groups) == 6 and sum(one.rows for one in bands.off) == 300  # fifths, and those without
    crossed = number_outcomes(rows, "r", "test", [SIDE, AREA], np.arange(300), residuals)
    assert crossed.attribute == "side × area" and all(one.where and one.where.columns for one in crossed.groups)
    none = number_outcomes(rows, "another", "test", [SIDE], np.arange(300), residuals)
    assert none.groups == () and none.p_value == 1


def test_groups_that_do_not_differ_are_seldom_said_to(make_rows: MakeRows) -> None:
    generator, called, times = np.random.default_rng(3), 0, 300
    for _ in range(times):
        groups = np.split(generator.standard_t(3, 160), 4)
        pair = min(kruskal_wallis([np.abs(one) for one in groups]), kruskal_wallis(groups))
        called += min(1.0, 2 * pair) < CHANCE
    assert called <= (CHANCE + 0.03) * times
