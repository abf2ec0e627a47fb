"""Areas equal scikit-learn's, ties and rare classes included; a thinned curve stays on the whole one."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.curves import POINTS, Kind, corners, curve, macro_average, micro_average, thinned, thresholds

KINDS: tuple[Kind, Kind] = ("roc", "precision_recall")
scored = st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=2, max_size=60).filter(
    lambda rows: len({of_class for of_class, _ in rows}) == 2
)


def arrays(rows: list[tuple[bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([of_class for of_class, _ in rows]), np.array([score / 12 for _, score in rows], np.float32)


def matrix_of(seed: int, rows: int = 400, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """True classes and probabilities, rounded so that there are ties."""
    generator = np.random.default_rng(seed)
    true = np.concatenate([np.arange(classes), generator.integers(classes, size=rows - classes)])
    scores = generator.random((rows, classes)) + np.eye(classes)[true] * 0.4
    return true, np.round(scores / scores.sum(axis=1, keepdims=True), 2).astype(np.float32)


@given(scored)
def test_areas_are_scikit_learns(rows: list[tuple[bool, int]]) -> None:
    of_class, scores = arrays(rows)
    found = thresholds(scores, scores[of_class])
    assert curve(found, "a", "roc").area == pytest.approx(sklearn.metrics.roc_auc_score(of_class, scores), abs=1e-9)
    theirs = sklearn.metrics.average_precision_score(of_class, scores)
    assert curve(found, "a", "precision_recall").area == pytest.approx(theirs, abs=1e-9)


@given(scored)
def test_every_point_of_a_curve_is_one_of_scikit_learns(rows: list[tuple[bool, int]]) -> None:
    of_class, scores = arrays(rows)
    found = thresholds(scores, scores[of_class])
    false_rate, true_rate, _ = sklearn.metrics.roc_curve(of_class, scores, drop_intermediate=False)
    precision, recall, _ = sklearn.metrics.precision_recall_curve(of_class, scores)
    for kind, theirs in (("roc", (false_rate, true_rate)), ("precision_recall", (recall, precision))):
        points = {(round(x, 9), round(y, 9)) for x, y in zip(*theirs, strict=True)}
        x, y = corners(found, kind)  # type: ignore[arg-type]
        assert {(round(a, 9), round(b, 9)) for a, b in zip(x.tolist(), y.tolist(), strict=True)} <= points
        assert (np.diff(x) >= 0).all()


@given(st.integers(0, 50))
def test_averages_over_classes_are_scikit_learns(seed: int) -> None:
    true, scores = matrix_of(seed)
    hits = np.eye(5)[true]
    each = [thresholds(scores[:, place], scores[true == place, place]) for place in range(5)]
    of_truth = scores[np.arange(len(true)), true]
    for kind, theirs in zip(
        KINDS, (sklearn.metrics.roc_auc_score, sklearn.metrics.average_precision_score), strict=True
    ):
        assert macro_average(each, kind).area == pytest.approx(theirs(hits, scores, average="macro"), abs=1e-9)
        micro = micro_average(scores.T, of_truth, kind)
        assert micro.area == pytest.approx(theirs(hits, scores, average="micro"), abs=1e-9)


def test_a_class_that_does_not_occur_has_no_area() -> None:
    scores = np.array([0.2, 0.4], np.float32)
    for kind in KINDS:
        assert math.isnan(curve(thresholds(scores, scores[:0]), "a", kind).area)


def test_a_class_that_alone_occurs_has_no_roc_area() -> None:
    scores = np.array([0.2, 0.4], np.float32)
    assert math.isnan(curve(thresholds(scores, scores), "a", "roc").area)
    assert curve(thresholds(scores, scores), "a", "precision_recall").area == 1


def test_classes_without_an_area_stay_out_of_the_mean() -> None:
    scores = np.array([0.2, 0.4], np.float32)
    absent, present = thresholds(scores, scores[:0]), thresholds(scores, scores[1:])
    assert macro_average([absent, present], "roc").area == 1


def test_a_drawn_curve_is_thin_and_close_to_the_whole_one() -> None:
    generator = np.random.default_rng(3)
    of_class = generator.random(50_000) < 0.3
    scores = (generator.random(50_000) + of_class * 0.3).astype(np.float32)
    for kind in KINDS:
        x, y = corners(thresholds(scores, scores[of_class]), kind)
        thin_x, thin_y = thinned(x, y)
        assert len(thin_x) <= POINTS < len(x)
        assert (thin_x[0], thin_y[0], thin_x[-1], thin_y[-1]) == (x[0], y[0], x[-1], y[-1])
        away = np.abs(x[:, None] - thin_x) + np.abs(y[:, None] - thin_y)
        assert away.min(axis=1).max() < 0.02
