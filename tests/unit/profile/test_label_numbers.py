"""Labels that are numbers: figures in all and per split, and bands that stand in for classes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.profile.bias import association
from core.profile.groups import group_table
from core.profile.label_numbers import in_bands, label_numbers
from core.records import Attribute
from core.targets.number.facts import NUMBER
from core.targets.number.form import written
from tests.unit.profile.conftest import MakeRows

SOURCE = Attribute("source", "source", "category")


def test_figures_are_those_of_numpy_in_all_and_per_split(make_rows: MakeRows) -> None:
    numbers = np.random.default_rng(0).normal(50, 10, 400).round(3)
    labels = [None if place % 40 == 7 else written(number) for place, number in enumerate(numbers)]
    splits = ["test" if place % 4 == 0 else "train" for place in range(400)]
    found = label_numbers(make_rows({"label": labels, "split": splits}, NUMBER))
    kept = np.array([float(label) for label in labels if label is not None])
    spread = found.spread
    assert spread is not None
    assert (spread.rows, found.unlabelled, found.distinct) == (390, 10, len(set(kept)))
    assert spread.mean.estimate == pytest.approx(kept.mean())
    assert spread.mean.high - spread.mean.estimate == pytest.approx(1.959964 * kept.std(ddof=1) / math.sqrt(390))
    assert [spread.p5, spread.p25, spread.median, spread.p75, spread.p95] == pytest.approx(
        list(np.quantile(kept, [0.05, 0.25, 0.5, 0.75, 0.95]))
    )
    assert (spread.minimum, spread.maximum) == (kept.min(), kept.max())
    assert sum(one.count for one in found.bins) == 390
    assert [(name, one.rows) for name, one in found.splits] == [("train", 290), ("test", 100)]
    test = np.array([float(label) for label, split in zip(labels, splits, strict=True) if label and split == "test"])
    assert dict(found.splits)["test"].median == pytest.approx(np.median(test))


def test_numbers_near_the_largest_double_have_figures_too(make_rows: MakeRows) -> None:
    found = label_numbers(make_rows({"label": ["1e+308", "1.5e+308", "-1e+308"]}, NUMBER))
    assert found.spread is not None
    assert found.spread.mean.estimate == pytest.approx(0.5e308)
    assert found.spread.maximum == 1.5e308


def test_no_label_at_all_has_no_spread(make_rows: MakeRows) -> None:
    found = label_numbers(make_rows({"label": [None, None], "split": ["a", "b"]}, NUMBER))
    assert (found.spread, found.unlabelled, found.splits, found.bins) == (None, 2, (), ())


def test_an_attribute_is_held_against_bands_in_the_order_of_the_numbers(make_rows: MakeRows) -> None:
    labels = [written(place / 10) for place in range(200)]
    tied = ["low" if place < 80 else "high" for place in range(200)]
    fifths = in_bands(make_rows({"label": labels, "source": tied}, NUMBER))
    names = [one.name for one in fifths.bands]
    assert names == ["under 3.9", "3.9 – 7.9", "7.9 – 12", "12 – 16", "16 and over"]
    table = fifths.named(group_table(fifths, SOURCE))
    assert table.labels == tuple(names)
    by_group = dict(zip([group.name for group in table.groups], table.counts.tolist(), strict=True))
    assert by_group == {"high": [0, 0, 40, 40, 40], "low": [39, 40, 1, 0, 0]}
    measured = association(fifths, SOURCE)
    assert measured.value is not None and measured.value.estimate > 0.9


def test_many_equal_numbers_make_fewer_bands(make_rows: MakeRows) -> None:
    fifths = in_bands(make_rows({"label": ["1"] * 90 + ["2"] * 10 + [None]}, NUMBER))
    table = fifths.named(group_table(fifths, Attribute("label", "split", "category")))
    assert table.counts.sum() == 100
    assert len(table.labels) == len(set(table.labels)) <= 2
