"""Groups of several attributes together, counted row by row."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import numpy as np

from core.profile.by_group.crossed import grouped
from core.records import Attribute, ColumnFilter
from tests.unit.profile.conftest import MakeRows

N = 900
DESK, WORDS = Attribute("desk", "desk", "category"), Attribute("words", "words", "number")
YEAR = Attribute("year", "year", "number")


def test_each_combination_is_counted_and_opens_its_rows(make_rows: MakeRows) -> None:
    rng = np.random.default_rng(0)
    desk, words, year = rng.choice(["uk", "us"], N), rng.choice(600, N), rng.choice([2024, 2025], N)
    labels = rng.choice(["a", "b", "c"], N)
    rows = make_rows({"label": labels.tolist(), "desk": desk.tolist(), "words": words.tolist(), "year": year.tolist()})
    two = grouped(rows, [DESK, YEAR])
    counted = Counter(zip(desk, year.tolist(), labels, strict=True))
    assert (two.attribute, two.column) == ("desk × year", "desk × year")
    assert len(two.groups) == 4 and two.groups[0].count == max(two.sizes)
    for place, group in enumerate(two.groups):
        one, other = group.name.split(" × ")
        wanted = [counted[one, int(other.replace(",", "")), label] for label in two.labels]
        assert two.counts[place].tolist() == wanted and group.count == sum(wanted)
    assert two.groups[0].where is not None
    assert ColumnFilter("desk", "=", (two.groups[0].name.split(" × ")[0],)) in two.groups[0].where.columns
    three = grouped(rows, [DESK, YEAR, WORDS])
    assert len(three.groups) == 20 and sum(three.sizes) == N, "five bands of words in each"
    for group in three.groups:
        assert group.where is not None
        chosen = np.ones(N, dtype=bool)
        for one in group.where.columns:
            values = {"desk": desk, "year": year, "words": words}[one.column]
            if one.how == "=":
                chosen &= values == one.values[0]
            else:
                bound = float(one.values[0])
                chosen &= values >= bound if one.how == ">=" else values < bound
        assert chosen.sum() == group.count


def test_groups_too_small_to_judge_are_not_crossed(make_rows: MakeRows) -> None:
    desk = ["uk"] * 60 + ["us"] * 60 + ["fr"] * 5
    rows = make_rows({"label": ["a", "b"] * 62 + ["a"], "desk": desk, "year": [2024.0, 2025.0] * 62 + [None]})
    found = grouped(rows, [DESK, YEAR])
    assert sorted(group.name for group in found.groups) == ["uk × 2,024", "uk × 2,025", "us × 2,024", "us × 2,025"]
    assert all(group.judged for group in found.groups) and sum(found.sizes) == 120


def test_the_latest_of_a_few_times_opens_its_rows(make_rows: MakeRows) -> None:
    days = [datetime(2026, 1, 1 + row % 3) for row in range(180)]
    rows = make_rows({"label": ["a", "b"] * 90, "desk": ["uk", "us"] * 90, "day": days})
    found = grouped(rows, [DESK, Attribute("day", "day", "time")])
    assert len(found.groups) == 6
    for group in found.groups:
        assert group.where is not None
        low = next((one.values[0] for one in group.where.columns if one.how == ">="), datetime.min.isoformat())
        high = next((one.values[0] for one in group.where.columns if one.how == "<"), datetime.max.isoformat())
        desk = next(one.values[0] for one in group.where.columns if one.how == "=")
        held = [
            row for row in range(180)
            if low <= days[row].isoformat() < high and ("uk", "us")[row % 2] == desk
        ]  # fmt: skip
        assert len(held) == group.count
