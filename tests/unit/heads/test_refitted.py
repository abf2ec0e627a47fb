"""Out-of-sample probabilities of models that are fitted once for each fold."""

from __future__ import annotations

import json
import time
from threading import Event
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from core.heads import refitted
from core.heads.refitted import refitted_probabilities
from core.modalities import watched
from core.modalities.table_row.learner import Boosting
from tests.unit.modalities.corpus import text_payloads


def _learner(values: np.ndarray, classes: int) -> Boosting:
    return Boosting(
        text_payloads([json.dumps({f"n{i}": v for i, v in enumerate(row)}) for row in values.tolist()]), classes, 0
    )


def _planted(rows: int = 400, classes: int = 3) -> tuple[Boosting, np.ndarray, np.ndarray]:
    """Blobs of numbers with a tenth of the labels wrong."""
    chance = np.random.default_rng(0)
    true = np.arange(rows) % classes
    values = chance.normal(0, 1, (classes, 5))[true] * 2 + chance.normal(0, 0.7, (rows, 5))
    wrong = chance.random(rows) < 0.1
    return _learner(values.round(4), classes), np.where(wrong, (true + 1) % classes, true).astype(np.int64), wrong


def test_wrong_labels_are_improbable_and_rows_sum_to_one() -> None:
    learner, labels, wrong = _planted()
    found = refitted_probabilities(learner, labels, np.arange(400), 3, folds=4, seed=0)
    own = found.probabilities[np.arange(400), labels]
    assert np.allclose(found.probabilities.sum(1), 1, atol=1e-5)
    assert average_precision_score(wrong, 1 - own) > 0.85
    assert found.log_loss < 0.6 and found.judged.all()
    assert (found.repeats, found.trained_rows) == (3, 400)


def test_labels_without_any_signal_get_no_confidence() -> None:
    chance = np.random.default_rng(1)
    labels = chance.integers(2, size=300).astype(np.int64)
    found = refitted_probabilities(
        _learner(chance.normal(size=(300, 6)), 2), labels, np.arange(300), 2, folds=5, seed=0
    )
    assert abs(found.probabilities[np.arange(300), labels].mean() - 0.5) < 0.06


def test_a_copy_in_the_same_cluster_cannot_vouch_for_a_row() -> None:
    chance = np.random.default_rng(2)
    values = np.repeat(chance.normal(size=(150, 4)), 2, axis=0)
    labels = np.repeat(chance.integers(2, size=150), 2).astype(np.int64)
    learner = _learner(values, 2)
    together = refitted_probabilities(learner, labels, np.arange(300) // 2, 2, folds=5, seed=0)
    apart = refitted_probabilities(learner, labels, np.arange(300), 2, folds=5, seed=0)
    assert together.log_loss > 0.68 > apart.log_loss


def test_a_class_of_one_cluster_is_not_judged() -> None:
    learner, labels, _ = _planted()
    labels[labels == 2] = 1
    labels[0] = 2
    found = refitted_probabilities(learner, labels, np.arange(400), 3, folds=4, seed=0)
    assert np.flatnonzero(~found.judged).tolist() == [0]
    assert np.isfinite(found.log_loss)


def test_a_fold_that_sees_one_class_alone_says_that_class() -> None:
    labels = np.zeros(60, np.int64)
    labels[:3] = 1
    clusters = np.arange(60)
    clusters[:3] = 0
    values = np.random.default_rng(4).normal(size=(60, 3)).round(4)
    found = refitted_probabilities(_learner(values, 2), labels, clusters, 2, folds=3, seed=0)
    assert np.allclose(found.probabilities.sum(1), 1, atol=1e-5)
    assert not found.judged[:3].any() and found.judged[3:].all()


def test_folds_without_rows_are_passed_over() -> None:
    values = np.repeat([[0.0, 1.0], [5.0, 2.0]], 20, axis=0)
    labels = (np.arange(40) % 2).astype(np.int64)
    found = refitted_probabilities(_learner(values, 2), labels, np.arange(40) // 20, 2, folds=2, seed=0)
    assert np.allclose(found.probabilities.sum(1), 1, atol=1e-5)


def test_it_stops_between_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    learner, labels, _ = _planted()
    seen: list[tuple[float, float]] = []

    def tick(done: float, total: float) -> None:
        seen.append((done, total))
        if done >= 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        refitted_probabilities(learner, labels, np.arange(400), 3, folds=4, seed=0, tick=tick)
    assert list(dict.fromkeys(seen)) == [(0, 12), (1, 12), (2, 12)], "the same again while a fit lasts"


def test_it_stops_while_a_fit_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    learner, labels, _ = _planted()
    going, fit, fits = Event(), learner.fit, []

    def long(*given: Any) -> Any:
        fits.append(given)
        going.wait(60)
        return fit(*given)

    def tick(done: float, total: float | None) -> None:
        if fits:
            raise InterruptedError

    monkeypatch.setattr(learner, "fit", long)
    begun = time.monotonic()
    with pytest.raises(InterruptedError):
        refitted_probabilities(learner, labels, np.arange(400), 3, folds=4, seed=0, tick=tick)
    assert time.monotonic() - begun < 30, "the fit was not waited for"
    going.set()
    assert len(fits) == 1


def test_looking_meanwhile_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    learner, labels, _ = _planted()
    looks: list[float] = []
    alone = learner.fit(np.arange(300), labels[:300], 40).probabilities(np.arange(300, 400))
    monkeypatch.setattr(watched, "LOOK_SECONDS", 0.001)
    fit = watched.watched(lambda: learner.fit(np.arange(300), labels[:300], 40), lambda: looks.append(0))
    assert looks and np.array_equal(fit.probabilities(np.arange(300, 400)), alone)


def test_where_all_rows_would_take_too_long_a_sample_is_learnt_from_and_all_are_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learner, labels, _ = _planted()
    monkeypatch.setattr(refitted, "TRAINED", 450)
    found = refitted_probabilities(learner, labels, np.arange(400), 3, folds=4, seed=0)
    assert found.trained_rows == 200
    assert np.allclose(found.probabilities.sum(1), 1, atol=1e-5)
