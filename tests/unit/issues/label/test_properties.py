"""What holds of wrong labels whatever the order of the rows, the numbers of the classes and how sure the model is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cleanlab.rank import get_label_quality_scores
from hypothesis import given, settings
from hypothesis import strategies as st

from core.issues.label.find import find_label_issues
from core.issues.label.finding import Finding
from core.issues.label.noise import NoiseModel, expected_rates
from core.issues.signals import Signals
from tests.unit.issues.label.test_noise import _overused_class

FEW = settings(max_examples=3, deadline=None, derandomize=True)
"""Of what fits a model to each example, as closely as its fit is repeated."""
ROWS = 120


def noisy(seed: int, rows: int = ROWS, classes: int = 3, judged: float = 0.9) -> Signals:
    """A fair model, one label of six anything, and some rows that no model has seen the like of."""
    generator = np.random.default_rng(seed)
    true = np.r_[np.arange(classes), generator.integers(classes, size=rows - classes)]
    logits = 3.0 * np.eye(classes)[true] + generator.standard_normal((rows, classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    given = np.where(generator.random(rows) < 1 / 6, generator.integers(classes, size=rows), true)
    return Signals.of(given, probabilities, generator.random(rows) < judged)


def _of(signals: Signals, rows: np.ndarray, classes: np.ndarray) -> Signals:
    """The rows in another order, the classes under other numbers: `classes` (k,) is the new one of each."""
    moved = np.empty_like(signals.probabilities)
    moved[:, classes] = signals.probabilities
    return Signals.of(classes[signals.labels][rows], moved[rows], signals.judged[rows])


def _matrix(finding: Finding, classes: int) -> np.ndarray:
    matrix = np.zeros((classes, classes))
    given, true, rows = finding.joint
    matrix[given, true] = rows
    return matrix


@FEW
@given(st.integers(0, 10_000), st.sampled_from([2, 3, 5]))
def test_neither_the_order_of_the_rows_nor_the_numbers_of_the_classes_matter(seed: int, count: int) -> None:
    signals, generator = noisy(seed, classes=count), np.random.default_rng(seed)
    rows, classes = generator.permutation(ROWS), generator.permutation(count)
    one, other = find_label_issues(signals), find_label_issues(_of(signals, rows, classes))
    assert np.allclose(other.score, one.score[rows], atol=0.01)
    assert (other.is_issue != one.is_issue[rows]).sum() <= 1, "two that are as bad may change places"
    same = other.is_issue == one.is_issue[rows]
    assert (other.suggested == classes[one.suggested][rows])[same].all()
    assert np.allclose(other.thresholds[classes], one.thresholds, equal_nan=True)
    assert other.share_wrong.estimate == pytest.approx(one.share_wrong.estimate, nan_ok=True)
    assert np.allclose(other.class_shares.estimates[classes], one.class_shares.estimates, atol=5e-3, equal_nan=True)
    assert np.allclose(_matrix(other, count)[np.ix_(classes, classes)], _matrix(one, count), atol=0.5)


@FEW
@given(st.integers(0, 10_000), st.sampled_from([1, 2, 3, 17, ROWS]), st.sampled_from([np.float32, np.float64]))
def test_what_is_found_adds_up_however_few_rows_there_are(seed: int, rows: int, kind: type) -> None:
    made = noisy(seed)
    signals = Signals.of(made.labels[:rows], made.probabilities[:rows].astype(kind), made.judged[:rows])
    found = find_label_issues(signals)
    assert found.score.dtype == np.float64 and ((found.score >= 0) & (found.score <= 1)).all()
    assert not found.is_issue[~signals.judged].any()
    share, shares = found.share_wrong, found.class_shares
    assert 0 <= share.low <= share.high <= 1
    assert np.isnan(share.estimate) or share.low <= share.estimate <= share.high
    told = ~np.isnan(shares.estimates)
    assert (shares.low[told] <= shares.estimates[told]).all() and (shares.estimates[told] <= shares.high[told]).all()
    assert not (told.any() and found.untold), "what cannot be told of the whole is not told of its parts"
    if found.is_issue.any():
        worst = np.sort(found.score[signals.judged])[: found.is_issue.sum()]
        assert np.array_equal(np.sort(found.score[found.is_issue]), worst), "the worst of the judged rows, no others"
        assert (found.suggested != signals.labels)[found.is_issue].all()
        supports = np.bincount(signals.labels, minlength=3)
        assert np.allclose(_matrix(found, 3).sum(1), supports, atol=0.02), "cells of less than .005 rows are left out"
        assert int(found.is_issue.sum()) in found.curve.lengths
    assert (found.suggested == signals.probabilities.argmax(1))[~found.is_issue].all()


@FEW
@given(st.integers(0, 10_000))
def test_single_precision_finds_what_double_does(seed: int) -> None:
    double = noisy(seed)
    single = Signals.of(double.labels, double.probabilities.astype(np.float32), double.judged)
    one, other = find_label_issues(double), find_label_issues(single)
    assert np.allclose(one.score, other.score, atol=2e-3)
    assert (one.is_issue != other.is_issue).sum() <= 1
    assert one.share_wrong.estimate == pytest.approx(other.share_wrong.estimate, abs=1e-4, nan_ok=True)


def test_signals_are_left_as_they_were() -> None:
    """They may be views of files that other types read."""
    signals = noisy(1)
    labels, probabilities = signals.labels.copy(), signals.probabilities.copy()
    find_label_issues(signals)
    find_label_issues(signals, "low_self_confidence")
    assert (signals.labels == labels).all() and (signals.probabilities == probabilities).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.001, 0.25), min_size=3, max_size=3),
    st.floats(0.3, 4),
    st.booleans(),
    st.integers(0, 2),
    st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
)
def test_a_label_whose_probability_falls_is_never_of_better_quality(
    rates: list[float], sharpness: float, of_given: bool, label: int, others: list[float]
) -> None:
    """What the label loses goes to the others, in the shares in which they had it."""
    model, shares = NoiseModel(np.array(rates), sharpness, of_given), np.array(others)
    shares[label] = 0
    own = np.linspace(0, 1, 30)
    probabilities = (1 - own)[:, None] * shares / shares.sum()
    probabilities[:, label] = own
    quality = model.posterior(np.full(30, label), probabilities)
    assert ((quality >= 0) & (quality <= 1)).all()
    assert (np.diff(quality) >= -1e-9).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 0.1), st.floats(1.5, 4))
def test_a_class_that_is_given_wrongly_more_often_is_of_worse_quality_on_every_row(
    seed: int, rate: float, times: float
) -> None:
    """Of a model of the true classes, where as many labels are right in all."""
    probabilities = np.random.default_rng(seed).dirichlet([1, 1, 1], 40)
    labels = np.zeros(40, np.int64)
    clean = NoiseModel(np.array([rate, rate * times, rate]), 1.0, False).posterior(labels, probabilities)
    worse = NoiseModel(np.array([rate * times, rate, rate]), 1.0, False).posterior(labels, probabilities)
    assert (worse <= clean + 1e-12).all()
    assert worse.mean() < clean.mean()


def test_the_posterior_of_true_classes_worked_out_by_hand() -> None:
    """A label 0 is right with (1 − .1 − .2 − .1 + .1) · .5 = .35, wrong with .1 · .5 = .05: .35 of .4. With sharpness 2
    the classes' .5, .3, .2 become .25, .09, .04 of .38: .7 · .25 / .38 = .46053 against .1 · .13 / .38 = .03421."""
    model = NoiseModel(np.array([0.1, 0.2, 0.1]), 1.0, False)
    label, row = np.array([0]), np.array([[0.5, 0.3, 0.2]])
    assert model.posterior(label, row)[0] == pytest.approx(0.35 / 0.4)
    assert replace(model, sharpness=2.0).posterior(label, row)[0] == pytest.approx(0.46053 / 0.49474, abs=1e-4)


def test_rates_expected_of_each_label_worked_out_by_hand() -> None:
    """Of 23 rows 9, 7 and 7 are truly of the classes, so 14, 16 and 16 of another one. Of these 2, 4 and 0 carry the
    label: half a row more, of one row more."""
    joint = np.array([[8.0, 2.0, 0.0], [1.0, 5.0, 3.0], [0.0, 0.0, 4.0]])
    assert expected_rates(joint) == pytest.approx([2.5 / 15, 4.5 / 17, 0.5 / 17])
    assert expected_rates(np.zeros((2, 2))).tolist() == [0.5, 0.5], "nothing is known"
    assert expected_rates(np.array([[0.0, 900.0], [0.0, 0.0]]))[0] == 0.9, "never so many that no label is kept"


@pytest.mark.parametrize("share", [0.0, 0.8])
def test_rows_that_no_model_knows_are_ranked_by_what_the_best_other_class_leaves_over(share: float) -> None:
    signals = noisy(3, judged=share)
    found, unknown = find_label_issues(signals), ~signals.judged
    others = signals.probabilities.copy()
    others[np.arange(ROWS), signals.labels] = 0
    assert np.allclose(found.score[unknown], 1 - others.max(1)[unknown])
    assert not np.allclose(found.score, 1 - others.max(1)) or not share, "known ones by more than that"
    assert not found.is_issue[unknown].any()
    assert share or found.untold == "No class has enough distinct rows for a model to judge it."


def test_a_flagged_row_of_which_the_given_class_is_the_likeliest_gets_the_next_one_suggested() -> None:
    """Where a class is overused, a label of it may be wrong although nothing is more probable."""
    given, probabilities, _ = _overused_class(1_500)
    found = find_label_issues(Signals.of(given, probabilities, np.ones(1_500, bool)))
    likeliest = found.is_issue & (probabilities.argmax(1) == given)
    assert likeliest.any() and (given[likeliest] == 1).all()
    assert (found.suggested[likeliest] == 0).all()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_by_a_filter_the_score_is_cleanlabs_self_confidence_in_either_precision(kind: type) -> None:
    signals = noisy(4)
    probabilities = signals.probabilities.astype(kind)
    found = find_label_issues(Signals.of(signals.labels, probabilities, signals.judged), "predicted_neq_given")
    assert np.allclose(found.score, get_label_quality_scores(signals.labels, probabilities, method="self_confidence"))
    assert (found.is_issue == (probabilities.argmax(1) != signals.labels)).all()
