"""Cramér's V, the correlation ratio and their intervals, against SciPy, hand calculation and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from core.profile import association
from core.profile.association import correlation_ratio, cramers_v, independence, size_of_ratio, size_of_v


def test_the_chi_square_test_is_scipys() -> None:
    counts = np.array([[30, 14, 6, 0], [22, 40, 9, 0]])
    found = independence(counts)
    expected = stats.chi2_contingency(counts[:, :3], correction=False)
    assert found is not None
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.degrees == expected.dof == 2


def test_a_table_with_one_filled_row_has_no_test_and_no_association() -> None:
    counts = np.array([[30, 14], [0, 0]])
    assert independence(counts) is None
    assert cramers_v(counts) is None


@pytest.mark.parametrize(
    ("v", "side", "size"),
    [
        *((0.09, 2, "tiny"), (0.1, 2, "small"), (0.29, 2, "small"), (0.3, 2, "medium"), (0.5, 2, "large")),
        *((0.09, 4, "small"), (0.16, 4, "small"), (0.18, 4, "medium"), (0.28, 4, "medium"), (0.29, 4, "large")),
    ],
)
def test_the_size_of_v_is_cohens_for_the_shorter_side_of_the_table(v: float, side: int, size: str) -> None:
    filled = np.ones((side, 9), dtype=np.int64)
    assert size_of_v(v, filled) == size_of_v(v, filled.T) == size
    assert size_of_v(v, np.vstack([filled, np.zeros((3, 9), dtype=np.int64)])) == size


def test_the_size_of_a_correlation_ratio_is_cohens() -> None:
    assert [size_of_ratio(eta) for eta in (0.09, 0.1, 0.24, 0.25, 0.37, 0.38, 1.0)] == [
        *("tiny", "small", "small", "medium", "medium", "large", "large")
    ]


def test_few_expected_rows_per_cell_make_the_test_rough() -> None:
    rough, fine = independence(np.array([[2, 1], [1, 3]])), independence(np.array([[20, 10], [10, 30]]))
    assert rough is not None
    assert fine is not None
    assert (rough.rough, fine.rough) == (True, False)


def test_the_corrected_v_is_bergsmas() -> None:
    counts = np.array([[30, 14, 6], [22, 40, 9]])
    n, phi2 = 121, stats.chi2_contingency(counts, correction=False).statistic / 121
    expected = math.sqrt((phi2 - 2 / (n - 1)) / (min(2 - 1 / (n - 1), 3 - 4 / (n - 1)) - 1))
    found = cramers_v(counts)
    assert found is not None
    assert found.estimate == pytest.approx(expected)
    assert found.low < found.estimate < found.high


def test_a_perfect_association_is_one() -> None:
    found = cramers_v(np.diag([40, 30, 50]))
    assert found is not None
    assert found.estimate == pytest.approx(1)
    assert found.low > 0.9
    assert found.high == 1


def test_independent_counts_have_an_interval_from_nought() -> None:
    found = cramers_v(np.outer([10, 20, 30], [5, 10, 5]))
    assert found is not None
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert 0 < found.high < 0.1


def _v_misses(share: NDArray[np.float64], n: int, trials: int, seed: int) -> int:
    independent = np.outer(share.sum(axis=1), share.sum(axis=0))
    true = math.sqrt(((share - independent) ** 2 / independent).sum() / (min(share.shape) - 1))
    draw = np.random.default_rng(seed)
    misses = 0
    for _ in range(trials):
        found = cramers_v(draw.multinomial(n, share.ravel()).reshape(share.shape))
        assert found is not None
        misses += not found.low - 1e-9 <= true <= found.high + 1e-9
    return misses


@pytest.mark.parametrize("n", [200, 2_000])
@pytest.mark.parametrize("strength", [0.0, 0.03, 0.15, 0.5, 0.9])
@pytest.mark.parametrize("shape", [(2, 2), (3, 5)])
def test_the_interval_of_v_covers_the_truth_in_ninety_five_of_a_hundred(
    shape: tuple[int, int], strength: float, n: int
) -> None:
    rows, columns = shape
    independent = np.outer(np.linspace(1, 2, rows), np.linspace(1, 3, columns))
    aligned = np.zeros(shape)
    aligned[np.arange(min(shape)), np.arange(min(shape))] = np.linspace(1, 2, min(shape))
    share = (1 - strength) * independent / independent.sum() + strength * aligned / aligned.sum()
    # 200 draws of a 5 % event: 10 expected, 20 is 3.2 standard deviations above.
    assert _v_misses(share, n, trials=200, seed=5) <= 20


def _moments(values: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    rows = []
    for group in np.unique(groups):
        inside = values[groups == group]
        off = inside - inside.mean()
        rows.append([len(inside), inside.mean(), (off**2).mean(), (off**3).mean(), (off**4).mean()])
    return np.array(rows)


def test_the_correlation_ratio_is_the_root_of_epsilon_squared() -> None:
    draw = np.random.default_rng(0)
    groups = draw.integers(0, 3, 90)
    values = draw.normal(groups * 0.5, 1.0)
    found = correlation_ratio(_moments(values, groups))
    total = ((values - values.mean()) ** 2).sum()
    within = sum(((values[groups == g] - values[groups == g].mean()) ** 2).sum() for g in range(3))
    assert found is not None
    assert found.estimate == pytest.approx(math.sqrt(1 - within / total * 89 / 87))


def test_a_number_that_never_varies_has_no_correlation_ratio() -> None:
    assert correlation_ratio(np.array([[10.0, 1, 0, 0, 0], [20.0, 1, 0, 0, 0]])) is None
    assert correlation_ratio(np.array([[10.0, 1, 2, 0, 9]])) is None


def test_a_number_that_the_class_fixes_has_a_correlation_ratio_of_one() -> None:
    found = correlation_ratio(np.array([[10.0, 1, 0, 0, 0], [20.0, 2, 0, 0, 0]]))
    assert found is not None
    assert found.estimate == found.low == 1.0


@pytest.mark.parametrize("n", [200, 2_000])
@pytest.mark.parametrize("effect", [0.0, 0.1, 0.5, 2.0])
@pytest.mark.parametrize("uneven", [False, True])
def test_the_interval_of_the_correlation_ratio_covers_the_truth_in_ninety_five_of_a_hundred(
    uneven: bool, effect: float, n: int
) -> None:
    share, means = np.array([0.5, 0.3, 0.2]), np.array([-1.0, 0.0, 1.5]) * effect
    spread = np.array([0.5, 1.0, 2.0]) if uneven else np.ones(3)
    between, within = share @ (means - share @ means) ** 2, share @ spread**2
    true = math.sqrt(between / (between + within))
    draw = np.random.default_rng(7)
    misses = 0
    for _ in range(200):
        groups = draw.choice(3, n, p=share)
        found = correlation_ratio(_moments(draw.normal(means[groups], spread[groups]), groups))
        assert found is not None
        misses += not found.low - 1e-9 <= true <= found.high + 1e-9
    assert misses <= 20


@pytest.mark.parametrize("counts", [[[800, 10], [20, 900]], [[500, 0], [0, 500]], [[10, 20, 30], [11, 22, 30]]])
def test_a_p_value_keeps_its_digits_far_out_as_well(counts: list[list[int]]) -> None:
    found = independence(np.array(counts))
    assert found is not None
    assert found.p_value == pytest.approx(stats.chi2_contingency(counts, correction=False).pvalue, rel=1e-10)


@pytest.mark.parametrize(("degrees", "noncentrality"), [(1, 0.5), (4, 3), (76, 20), (1.7, 90), (300, 4e4), (4, 1e7)])
@pytest.mark.parametrize("quantile", [0.001, 0.025, 0.5, 0.975])
def test_the_distribution_that_is_inverted_is_the_noncentral_chi_square(
    degrees: float, noncentrality: float, quantile: float
) -> None:
    x, scale = stats.ncx2.ppf(quantile, degrees, noncentrality), 0.01
    moments = scale * (degrees + noncentrality), scale**2 * 2 * (degrees + 2 * noncentrality)
    assert association._scaled_noncentral(degrees, *moments, scale * x) == pytest.approx(quantile, abs=1e-8)


@pytest.mark.parametrize("noncentrality", [9e7, 1.1e8, 1e13])
def test_the_largest_tables_have_an_interval_too(noncentrality: float) -> None:
    moments = 4 + noncentrality, 2 * (4 + 2 * noncentrality)
    for deviations in (-2.0, 0.0, 2.0):
        found = association._scaled_noncentral(4, *moments, moments[0] + deviations * math.sqrt(moments[1]))
        assert found == pytest.approx(stats.norm.cdf(deviations), abs=1e-4)
