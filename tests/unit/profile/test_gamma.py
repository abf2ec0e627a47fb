"""Probabilities without SciPy, checked against SciPy."""

from __future__ import annotations

import pytest
from scipy import special, stats

from core.profile import gamma


@pytest.mark.parametrize("degrees", [1, 2, 5, 76, 500, 10_000, 300_000])
@pytest.mark.parametrize("quantile", [1e-6, 0.01, 0.5, 0.95, 0.999, 1 - 1e-12])
def test_the_tail_of_chi_square_is_scipys(degrees: int, quantile: float) -> None:
    statistic = stats.chi2.ppf(quantile, degrees)
    assert gamma.chi_square_tail(statistic, degrees) == pytest.approx(stats.chi2.sf(statistic, degrees), rel=1e-7)


def test_a_tail_far_out_keeps_its_digits() -> None:
    assert gamma.chi_square_tail(1_000, 4) == pytest.approx(stats.chi2.sf(1_000, 4), rel=1e-9)


def test_a_tail_beyond_the_smallest_number_is_nought() -> None:
    assert gamma.chi_square_tail(1e7, 4) == 0.0


def test_a_shape_in_the_millions_is_right_to_six_digits() -> None:
    assert gamma.lower(4e6, 4e6 + 2_000) == pytest.approx(special.gammainc(4e6, 4e6 + 2_000), abs=1e-6)


def test_both_tails_make_one() -> None:
    assert gamma.lower(3.3, 2.1) + gamma.upper(3.3, 2.1) == pytest.approx(1, abs=1e-12)
    assert (gamma.lower(3.3, 0), gamma.upper(3.3, 0)) == (0.0, 1.0)


@pytest.mark.parametrize(("degrees", "noncentrality"), [(1, 0.5), (4, 3), (76, 20), (1.7, 90), (300, 99)])
@pytest.mark.parametrize("quantile", [0.001, 0.025, 0.5, 0.975])
def test_the_noncentral_chi_square_is_scipys(degrees: float, noncentrality: float, quantile: float) -> None:
    x = stats.ncx2.ppf(quantile, degrees, noncentrality)
    assert gamma.noncentral_chi_square(degrees, noncentrality, x) == pytest.approx(quantile, abs=1e-8)


def test_a_large_noncentrality_is_right_to_four_thousandths() -> None:
    for quantile in (0.025, 0.5, 0.975):
        x = stats.ncx2.ppf(quantile, 3, 400)
        assert gamma.noncentral_chi_square(3, 400, x) == pytest.approx(quantile, abs=4e-3)
