"""Values that are missing where numbers are large or small, held against scipy's tests."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, ttest_ind

from core.profile.missing import missing_values
from core.profile.records import CHANCE
from core.records import Attribute
from core.targets.number.facts import NUMBER
from tests.unit.profile.conftest import MakeRows

AGE, CITY = Attribute("age", "age", "number"), Attribute("city", "city", "category")


def _label(values: np.ndarray) -> list[str | None]:
    """As the store keeps numbers."""
    return [None if np.isnan(one) else repr(float(one)) for one in values]


@pytest.mark.parametrize("factor", [1.0, 1e-200, 1e200])
def test_values_that_are_missing_under_large_numbers_are_told_as_scipy_has_it(
    make_rows: MakeRows, factor: float
) -> None:
    generator = np.random.default_rng(0)
    labels = np.round(generator.normal(50, 10, 400))  # with ties
    labels[0] = np.nan
    missing = generator.random(400) < np.where(labels > 55, 0.5, 0.1)
    missing[0] = True
    age = [None if gone else 1.0 for gone in missing]
    city = ["" if generator.random() < 0.3 else "x" for _ in range(400)]
    rows = make_rows({"label": _label(labels * factor), "age": age, "city": city}, NUMBER)
    found = missing_values(rows, [AGE, CITY])
    (tied,) = found.by_number
    told = ~np.isnan(labels)
    without, present = labels[missing & told], labels[~missing & told]
    test = mannwhitneyu(without, present, method="asymptotic")
    assert (tied.name, tied.rows) == ("age", len(without))
    assert tied.p_value == pytest.approx(min(1.0, 2 * test.pvalue), rel=1e-6)  # Holm: the smaller of two
    assert tied.larger == pytest.approx(test.statistic / (len(without) * len(present)))
    assert (tied.without, tied.present) == pytest.approx((without.mean() * factor, present.mean() * factor))
    interval = ttest_ind(without, present, equal_var=False).confidence_interval(0.95)
    ends = (tied.difference.low / factor, tied.difference.high / factor)
    assert ends == pytest.approx((interval.low, interval.high))
    assert found.by_label == () and ("age", "age", int(missing.sum())) in found.columns


def test_few_rows_on_a_side_and_numbers_that_are_all_alike_are_not_tested(make_rows: MakeRows) -> None:
    labels = np.arange(200.0)
    age = [None if row < 20 else 1.0 for row in range(200)]
    assert missing_values(make_rows({"label": _label(labels), "age": age}, NUMBER), [AGE]).by_number == ()
    age = [None if row < 80 else 1.0 for row in range(200)]
    assert missing_values(make_rows({"label": _label(labels * 0), "age": age}, NUMBER), [AGE]).by_number == ()
    (tied,) = missing_values(make_rows({"label": _label(labels), "age": age}, NUMBER), [AGE]).by_number
    assert tied.larger == 0 and tied.difference.high < 0


def test_what_is_missing_at_random_is_seldom_called_tied(make_rows: MakeRows) -> None:
    """Five columns each time, of labels with heavy tails and ties."""
    generator, called, times = np.random.default_rng(1), 0, 200
    attributes = [Attribute(f"a{n}", f"a{n}", "number") for n in range(5)]
    for _ in range(times):
        labels = np.round(generator.standard_t(2, 150), 1)
        gaps = {one.column: [None if gone else 1.0 for gone in generator.random(150) < 0.4] for one in attributes}
        called += bool(missing_values(make_rows({"label": _label(labels), **gaps}, NUMBER), attributes).by_number)
    assert called <= (CHANCE + 0.04) * times
