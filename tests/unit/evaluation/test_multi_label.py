"""Figures of sets of classes, counted by distinct pairs, equal scikit-learn's of indicator matrices, row by row."""

from __future__ import annotations

import json

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from core.evaluation import bootstrap, multi_label
from core.evaluation.bootstrap import intervals, set_resamples, set_score_intervals
from core.evaluation.comparison import only_exact, paired_set_intervals, set_differences
from core.evaluation.metrics import binary_log_losses
from core.evaluation.multi_label import SetPairs, pairs_of, set_pairs
from core.finetune.scores import scores
from core.records import SetCounts, SetMembers

Matrix = NDArray[np.int8]
LABELS = ("a", "b", "c", "d")


@st.composite
def matrices(draw: st.DrawFn, count: int = 2) -> list[Matrix]:
    """Indicators (n, 4) of the same rows; classes, and whole rows, may be empty."""
    rows = draw(st.integers(1, 25))
    return [draw(arrays(np.int8, (rows, len(LABELS)), elements=st.integers(0, 1))) for _ in range(count)]


def counted(true: Matrix, *predicted: Matrix) -> SetCounts:
    """As the store counts them: by distinct texts."""
    texts = [
        [json.dumps([LABELS[place] for place in np.flatnonzero(row)]) for row in one] for one in (true, *predicted)
    ]
    sets = sorted({text for column in texts for text in column})
    codes = np.array([[sets.index(text) for text in column] for column in texts])
    pairs, count = np.unique(codes, axis=1, return_counts=True)
    members = [(number, name) for number, text in enumerate(sets) for name in json.loads(text)]
    names = tuple(sorted({name for _, name in members}, reverse=True))
    held = SetMembers(
        len(sets),
        np.array([number for number, _ in members], np.int64),
        np.array([names.index(name) for _, name in members], np.int64),
        names,
    )
    return SetCounts(pairs[0], tuple(pairs[1:]), count.astype(np.int64), held)


def found_of(true: Matrix, predicted: Matrix) -> SetPairs:
    (found,), labels = set_pairs(counted(true, predicted), LABELS)
    assert labels == LABELS
    return found


@given(matrices())
def test_the_report_is_scikit_learns(both: list[Matrix]) -> None:
    true, predicted = both
    found = found_of(true, predicted)
    classes = multi_label.class_scores(found.sums(), LABELS)
    ours = classes | multi_label.averages(found, classes)
    theirs = sklearn.metrics.classification_report(
        true, predicted, target_names=LABELS, output_dict=True, zero_division=0
    )
    assert ours.keys() == theirs.keys()
    for name, figures in theirs.items():
        one = ours[name]
        assert (one.precision, one.recall, one.f1, one.support) == pytest.approx(tuple(figures.values()), abs=1e-9)


@given(matrices())
def test_headlines_hamming_loss_and_matrices_are_scikit_learns(both: list[Matrix]) -> None:
    true, predicted = both
    found = found_of(true, predicted)
    assert found.rows == len(true)
    assert multi_label.subset_accuracy(found) == pytest.approx(sklearn.metrics.accuracy_score(true, predicted))
    assert multi_label.hamming_loss(found) == pytest.approx(sklearn.metrics.hamming_loss(true, predicted))
    for ours, average in ((multi_label.micro_f1, "micro"), (multi_label.macro_f1, "macro")):
        theirs = sklearn.metrics.f1_score(true, predicted, average=average, zero_division=0)
        assert ours(found.sums()) == pytest.approx(theirs, abs=1e-12)
    tables = sklearn.metrics.multilabel_confusion_matrix(true, predicted)
    np.testing.assert_array_equal(multi_label.tables(found.sums(), found.rows), tables)


@given(matrices())
def test_what_is_missed_with_what_is_added_is_counted_row_by_row(both: list[Matrix]) -> None:
    true, predicted = (one.astype(np.int64) for one in both)
    missed, added = true * (1 - predicted), predicted * (1 - true)
    np.testing.assert_array_equal(multi_label.missed_and_added(found_of(*both)).matrix(), missed.T @ added)


@given(matrices())
def test_rows_as_their_own_pairs_have_the_same_figures(both: list[Matrix]) -> None:
    by_row, by_pair = pairs_of(*both), found_of(*both)
    for one, other in zip(vars_of(by_row), vars_of(by_pair), strict=True):
        np.testing.assert_array_equal(one, other)
    assert multi_label.subset_accuracy(by_row) == multi_label.subset_accuracy(by_pair)


def vars_of(found: SetPairs) -> tuple[NDArray[np.int64], ...]:
    sums = found.sums()
    return sums.true_positives, sums.support, sums.predicted_count


def test_classes_that_the_model_does_not_know_come_after_its_own() -> None:
    true, predicted = np.array([[1, 1, 0, 0]], np.int8), np.array([[1, 0, 0, 0]], np.int8)
    (found,), labels = set_pairs(counted(true, predicted), ("c", "a"))
    assert labels == ("c", "a", "b")
    assert found.sums().support.tolist() == [0, 1, 1]
    assert found.sums().true_positives.tolist() == [0, 1, 0]


def test_rows_of_no_class_at_all_have_figures() -> None:
    none = np.zeros((3, 4), np.int8)
    found = found_of(none, none)
    assert (multi_label.subset_accuracy(found), multi_label.hamming_loss(found)) == (1.0, 0.0)
    assert multi_label.micro_f1(found.sums()) == multi_label.macro_f1(found.sums()) == 0.0
    accuracy, micro, macro = set_score_intervals(found, lambda done, total: None)
    assert accuracy[1] == 1.0 and accuracy[0] < 1
    assert micro == (0.0, 1.0)
    assert macro == (0.0, 0.0)


@given(matrices())
def test_the_loss_of_each_answer_is_scikit_learns_log_loss(both: list[Matrix]) -> None:
    true = both[0]
    probabilities = np.random.default_rng(0).random(true.shape)
    theirs = [
        sklearn.metrics.log_loss(true[:, place], probabilities[:, place], labels=[0, 1])
        for place in range(true.shape[1])
    ]
    found = binary_log_losses(probabilities, true)
    assert found.shape == true.shape
    assert found.mean() == pytest.approx(np.mean(theirs), rel=1e-9)


def test_a_sure_and_wrong_answer_costs_as_much_as_its_type_can_say() -> None:
    found = binary_log_losses(np.array([[0.0, 1.0]], np.float32), np.array([[1, 0]]))
    assert found == pytest.approx(-np.log(np.finfo(np.float32).eps), rel=1e-3)


@given(matrices())
def test_a_training_runs_figures_are_those_of_its_evaluation(both: list[Matrix]) -> None:
    true, predicted = both
    found = scores(true, predicted, np.full(len(true), 0.25))
    assert found["loss"] == 0.25
    assert found["accuracy"] == pytest.approx(sklearn.metrics.accuracy_score(true, predicted))
    assert found["macro_f1"] == pytest.approx(
        sklearn.metrics.f1_score(true, predicted, average="macro", zero_division=0), abs=1e-12
    )


def noisy(rows: int, seed: int, share: float = 0.15) -> tuple[Matrix, Matrix]:
    random = np.random.default_rng(seed)
    true = (random.random((rows, 4)) < (0.5, 0.3, 0.2, 0.1)).astype(np.int8)
    return true, np.where(random.random(true.shape) < share, 1 - true, true).astype(np.int8)


def test_intervals_are_those_of_rows_drawn_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some pairs are dense and some sparse, so both ways of drawing are in it."""
    true, predicted = noisy(600, 0)
    found = found_of(true, predicted)
    assert (found.count > bootstrap._SPARSE).any() and (found.count <= bootstrap._SPARSE).any()
    random = np.random.default_rng(1)
    plain = []
    for _ in range(1000):
        rows = random.integers(len(true), size=len(true))
        drawn = true[rows], predicted[rows]
        plain.append([sklearn.metrics.f1_score(*drawn, average=one, zero_division=0) for one in ("micro", "macro")])
    accuracy, *ours = set_score_intervals(found, lambda done, total: None)
    np.testing.assert_allclose(ours, intervals(np.array(plain)), atol=0.006)
    share = multi_label.subset_accuracy(found)
    assert accuracy[0] < share < accuracy[1]
    assert accuracy[1] - accuracy[0] == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share) / 600), rel=0.02)


def test_every_resample_has_as_many_rows() -> None:
    found = found_of(*noisy(300, 3))
    everyone = found_of(np.ones((300, 4), np.int8), np.ones((300, 4), np.int8))
    assert all((sums.support == 300).all() for (sums,) in set_resamples((everyone,)))
    totals = [sums.support.sum() for (sums,) in set_resamples((found,))]
    assert np.std(totals) > 0
    assert np.mean(totals) == pytest.approx(found.sums().support.sum(), rel=0.01)


def test_a_model_without_an_error_is_not_sure_to_make_none() -> None:
    true, _ = noisy(40, 0)
    accuracy, micro, macro = set_score_intervals(found_of(true, true), lambda done, total: None)
    for low, high in (accuracy, micro, macro):
        assert 0.7 < low < 1.0 == high


def test_two_runs_are_compared_on_the_same_draws() -> None:
    true, one = noisy(500, 0)
    two = np.where(np.random.default_rng(9).random(true.shape) < 0.5, true, one).astype(np.int8)
    (first, second), _ = set_pairs(counted(true, one, two), LABELS)
    told: list[float] = []
    found = paired_set_intervals(first, second, lambda done, total: told.append(done / total))
    assert told[-1] == 1.0
    listed = set_differences(first, second, LABELS, found.differences)
    assert [each.name for each in listed] == ["micro_f1", "macro_f1", "accuracy", *LABELS]
    assert [each.support for each in listed] == [500] * 3 + true.sum(axis=0).tolist()
    figures = {
        "accuracy": sklearn.metrics.accuracy_score,
        "micro_f1": lambda a, b: sklearn.metrics.f1_score(a, b, average="micro"),
        "macro_f1": lambda a, b: sklearn.metrics.f1_score(a, b, average="macro"),
    }
    for each in listed[:3]:
        of_both = figures[each.name](true, one), figures[each.name](true, two)
        assert (each.first, each.second) == pytest.approx(of_both)
        assert each.difference.estimate == pytest.approx(of_both[1] - of_both[0])
        assert 0 < each.difference.low < each.difference.estimate < each.difference.high
    right = [(true == guess).all(axis=1) for guess in (one, two)]
    assert only_exact(first, second) == ((right[0] & ~right[1]).sum(), (right[1] & ~right[0]).sum())
    assert found.first == set_score_intervals(first, lambda done, total: None)


def test_two_runs_that_say_the_same_may_still_differ_on_more_rows() -> None:
    true, one = noisy(50, 0)
    (first, second), _ = set_pairs(counted(true, one, one), LABELS)
    found = paired_set_intervals(first, second, lambda done, total: None)
    for each in set_differences(first, second, LABELS, found.differences):
        assert each.difference.estimate == 0 and each.difference.low < 0 < each.difference.high


def test_rows_that_never_repeat_are_counted_alike() -> None:
    random = np.random.default_rng(0)
    true = random.random((100_000, 50), np.float32) < 0.05
    predicted = true ^ (random.random((100_000, 50), np.float32) < 0.01)
    found = pairs_of(true, predicted)
    missed, added = (true & ~predicted).sum(axis=1), (predicted & ~true).sum(axis=1)
    assert multi_label.subset_accuracy(found) == (true == predicted).all(axis=1).mean()
    assert multi_label.missed_and_added(found).rows == (missed * added).sum()
