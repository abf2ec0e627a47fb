"""Figures from confusion counts equal scikit-learn's from rows."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.confusion import Cells, cells, confusion_order, most_confused, sums_of
from core.evaluation.metrics import accuracy, averages, class_scores, f1_scores, log_loss, macro_f1, of_truth, report

LABELS = ("a", "b", "c", "d", "e")
rows = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60)


def cells_of(pairs: list[tuple[str, str]]) -> Cells:
    return cells([(true, predicted, count) for (true, predicted), count in Counter(pairs).items()], LABELS)


@given(rows)
def test_the_report_has_scikit_learns_names_and_figures(pairs: list[tuple[str, str]]) -> None:
    true, predicted = zip(*pairs, strict=True)
    matrix = cells_of(pairs)
    classes = class_scores(matrix, LABELS)
    ours = report(accuracy(matrix.sums()), classes, averages(classes, matrix))
    theirs = sklearn.metrics.classification_report(true, predicted, output_dict=True, zero_division=0)
    assert ours["averages"].keys() - theirs.keys() == {"micro avg"}
    assert ours["accuracy"] == pytest.approx(theirs.pop("accuracy"), abs=1e-9)
    for name, figures in theirs.items():
        assert (ours["averages"] | ours["classes"])[name] == pytest.approx(figures, abs=1e-9)


def test_classes_named_as_the_averages_are_keep_their_figures() -> None:
    labels = ("accuracy", "macro avg", "noise")
    matrix = cells([(name, name, 2 + place) for place, name in enumerate(labels)], labels)
    classes = class_scores(matrix, labels)
    found = report(accuracy(matrix.sums()), classes, averages(classes, matrix))
    assert [one["support"] for one in found["classes"].values()] == [2, 3, 4]
    assert (found["accuracy"], found["averages"]["macro avg"]["support"]) == (1.0, 9)


@given(rows)
def test_the_averages_are_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    true, predicted = zip(*pairs, strict=True)
    matrix = cells_of(pairs)
    found = averages(class_scores(matrix, LABELS), matrix)
    for name in ("micro", "macro", "weighted"):
        theirs = sklearn.metrics.precision_recall_fscore_support(true, predicted, average=name, zero_division=0)[:3]
        ours = found[f"{name} avg"]
        assert (ours.precision, ours.recall, ours.f1) == pytest.approx(theirs, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60))
def test_rows_and_cells_have_the_same_sums_and_scikit_learns_scores(pairs: list[tuple[int, int]]) -> None:
    """Of seven classes two never occur, and any other may be absent as true, as predicted or as both."""
    true, predicted = (np.array(column) for column in zip(*pairs, strict=True))
    of_rows = sums_of(true, predicted, 7)
    counts = [("abcdefg"[t], "abcdefg"[p], count) for (t, p), count in Counter(pairs).items()]
    of_cells = cells(counts, tuple("abcdefg")).sums()
    np.testing.assert_array_equal(
        (of_rows.true_positives, of_rows.support, of_rows.predicted_count),
        (of_cells.true_positives, of_cells.support, of_cells.predicted_count),
    )
    assert accuracy(of_rows) == pytest.approx(sklearn.metrics.accuracy_score(true, predicted), abs=1e-12)
    theirs = sklearn.metrics.f1_score(true, predicted, labels=range(7), average=None, zero_division=0)
    np.testing.assert_allclose(f1_scores(of_rows), theirs, atol=1e-12)
    macro = sklearn.metrics.f1_score(true, predicted, average="macro", zero_division=0)
    assert macro_f1(of_rows) == pytest.approx(macro, abs=1e-12)


def test_no_rows_at_all_score_nothing() -> None:
    none = sums_of(np.array([], np.int64), np.array([], np.int64), 3)
    assert (accuracy(none), macro_f1(none)) == (0.0, 0.0)


@given(rows)
def test_the_matrix_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    true, predicted = zip(*pairs, strict=True)
    theirs = sklearn.metrics.confusion_matrix(true, predicted, labels=list(LABELS))
    np.testing.assert_array_equal(cells_of(pairs).matrix(), theirs)


@given(st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 8), min_size=3, max_size=3)), min_size=1))
def test_log_loss_is_scikit_learns_even_where_the_true_class_has_no_probability(
    drawn: list[tuple[int, list[int]]],
) -> None:
    true = np.array([label for label, _ in drawn])
    weights = np.array([weights for _, weights in drawn], np.float64) + np.eye(3)[0]
    probabilities = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    theirs = sklearn.metrics.log_loss(true, probabilities, labels=[0, 1, 2])
    assert log_loss(of_truth(probabilities, true)) == pytest.approx(theirs, rel=1e-6)


def test_classes_that_share_errors_stand_beside_each_other() -> None:
    matrix = np.array([[9, 0, 1, 0], [0, 9, 0, 5], [1, 0, 9, 0], [5, 0, 0, 9]])
    assert confusion_order(matrix).tolist() == [3, 0, 2, 1]


@given(rows)
def test_an_order_names_every_class_once(pairs: list[tuple[str, str]]) -> None:
    assert sorted(confusion_order(cells_of(pairs).matrix()).tolist()) == [0, 1, 2, 3, 4]


def test_the_most_confused_pairs_come_first_with_their_share_of_the_true_class() -> None:
    matrix = np.array([[6, 2, 0], [4, 4, 0], [1, 0, 0]])
    found = most_confused(matrix, ("a", "b", "c"), 2)
    assert [(pair.true, pair.predicted, pair.rows, pair.share) for pair in found] == [
        ("b", "a", 4, 0.5),
        ("a", "b", 2, 0.25),
    ]
