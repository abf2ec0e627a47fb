import numpy as np
import pytest

from core.issues.label.disagreement import fit_disagreement


def _rows(remaining: float, rows: int = 5_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A calibrated model whose sureness varies widely, and labels of which a share fell out at random."""
    generator = np.random.default_rng(seed)
    confidence = 1 - 0.5 * np.exp(-generator.exponential(2.0, rows))
    own_error = generator.random(rows) > confidence
    return own_error | (generator.random(rows) < remaining), confidence


@pytest.mark.parametrize("remaining", [0.0, 0.02, 0.1, 0.3])
def test_what_remains_where_the_model_is_sure_is_what_fell_at_random(remaining: float) -> None:
    found = [fit_disagreement(*_rows(remaining, seed=seed)).remaining for seed in range(5)]
    assert abs(np.mean([one.estimate for one in found]) - remaining) < 0.02


@pytest.mark.parametrize("remaining", [0.02, 0.3])
def test_its_interval_covers_in_nine_draws_of_ten(remaining: float) -> None:
    found = [fit_disagreement(*_rows(remaining, 800, seed)).remaining for seed in range(40)]
    assert np.mean([one.low <= remaining <= one.high for one in found]) >= 0.9


def test_expected_disagreement_follows_the_rows() -> None:
    disagrees, confidence = _rows(0.05)
    expected = fit_disagreement(disagrees, confidence).expected
    for part in np.array_split(np.argsort(confidence), 5):
        assert abs(expected[part].mean() - disagrees[part].mean()) < 0.03


def test_a_model_that_never_disagrees_leaves_nothing() -> None:
    found = fit_disagreement(np.zeros(200, bool), np.linspace(0.6, 0.99, 200))
    assert found.remaining.estimate == 0
    assert found.remaining.high < 0.03
    assert found.expected.max() < 0.01


def test_rows_of_equal_sureness_and_few_rows_are_no_trouble() -> None:
    found = fit_disagreement(np.array([True, False, False, False]), np.full(4, 0.7))
    assert 0 <= found.remaining.low <= found.remaining.estimate <= found.remaining.high <= 1
    assert np.isfinite(found.expected).all()
