"""Ridge regression on embeddings: what scikit-learn's says, out of sample, and what wrong labels do to it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

from core.heads.folds import assign_folds
from core.heads.ridge import GRID, Numbers, out_of_sample_numbers, solve_line
from core.targets.number.residuals import strata_of


@pytest.fixture(scope="module")
def diabetes() -> tuple[np.ndarray, np.ndarray]:
    found = load_diabetes()
    return found.data.astype(np.float32), found.target.astype(np.float64)


def said(data: tuple[np.ndarray, np.ndarray], **more: object) -> Numbers:
    return out_of_sample_numbers(*data, np.arange(len(data[1])), folds=5, seed=0, **more)  # type: ignore[arg-type]


def test_each_fold_is_what_scikit_learn_makes_of_the_others(
    diabetes: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.heads.ridge.REPEAT_UP_TO", 0)
    found, (features, values) = said(diabetes, robust=False), diabetes
    centred = features.astype(np.float64) - features.mean(0)
    scaled = centred / np.sqrt((centred**2).sum(1).mean())
    folds, expected = assign_folds(strata_of(values), np.arange(len(values)), 5, 0), np.empty(len(values))
    for fold in range(5):
        rows = folds != fold
        model = Ridge(alpha=found.l2 * rows.sum()).fit(scaled[rows], values[rows])
        expected[~rows] = model.predict(scaled[~rows])
    assert found.l2 in GRID
    assert np.abs(found.predicted - expected).max() < 1e-2


def test_a_line_on_all_rows_is_scikit_learns(diabetes: tuple[np.ndarray, np.ndarray]) -> None:
    features, values = diabetes
    line = solve_line(features, values, np.arange(len(values)), seed=0)
    centred = features.astype(np.float64) - features.mean(0)
    scaled = centred / np.sqrt((centred**2).sum(1).mean())
    model = Ridge(alpha=line.l2 * len(values)).fit(scaled, values)
    assert np.abs(line.predict(features) - model.predict(scaled)).max() < 1e-2


def test_rows_without_a_number_are_predicted_and_learnt_from_by_none(diabetes: tuple[np.ndarray, np.ndarray]) -> None:
    features, values = diabetes
    gone = values.copy()
    gone[::7] = np.nan
    found = said((features, gone))
    assert np.isfinite(found.predicted).all()
    assert found.trained_rows == int(np.isfinite(gone).sum())
    assert np.corrcoef(found.predicted[::7], values[::7])[0, 1] > 0.5


def test_labels_that_are_probably_wrong_count_less(diabetes: tuple[np.ndarray, np.ndarray]) -> None:
    features, values = diabetes
    wrong = values.copy()
    wrong[::12] *= 10
    off = {robust: np.abs(said((features, wrong), robust=robust).predicted - values).mean() for robust in (False, True)}
    assert off[True] < off[False]
    assert off[True] < 1.1 * np.abs(said(diabetes).predicted - values).mean()
