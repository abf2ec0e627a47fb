"""A run whose rows have several classes each is scored on the labels one asks for, from a real store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics
from numpy.typing import NDArray

from core.beside.answers import Pending
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.evaluation.curves import Kind
from core.records import (
    Curve,
    Dataset,
    Decision,
    MultiLabelComparison,
    MultiLabelEvaluation,
    PredictionFilter,
    Run,
)
from core.services.evaluation import measures as evaluation
from core.services.evaluation import multi_label
from core.store import predicted_sets
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.times import now
from core.store.versions import make_review_version
from tests.runs import finished_run
from tests.tagged import CLASSES, tagged, text_form, texts_of

ROWS = 60
SPLITS = ["train"] * 20 + ["test"] * 40
TEST = np.arange(20, 60)
TRUE = (np.random.default_rng(5).random((ROWS, 4)) < (0.5, 0.4, 0.3, 0.2)).astype(np.int8)
TRUE[0], TRUE[30] = 0, 0
"""Some rows have no class, which is a label."""

Floats = NDArray[np.float32]


@pytest.fixture
def cables(context: Context, tmp_path: Path) -> Dataset:
    return tagged(context, tmp_path, TRUE)


def guessed(seed: int) -> Floats:
    return (TRUE * 0.3 + np.random.default_rng(seed).random(TRUE.shape) * 0.7).astype(np.float32)


def indicators(probabilities: Floats) -> NDArray[np.int8]:
    return (probabilities >= 0.5).astype(np.int8)


def evaluated(context: Context, run: Run, *about: str) -> MultiLabelEvaluation:
    found = evaluation.evaluate(context, run, *about, timeout=None)  # type: ignore[arg-type]
    assert isinstance(found, MultiLabelEvaluation)
    return found


def test_an_evaluation_has_scikit_learns_figures_of_indicator_matrices(context: Context, cables: Dataset) -> None:
    assert cables.labels == CLASSES
    probabilities = guessed(0)
    found = evaluated(context, finished_run(context, cables, probabilities, SPLITS), "test")
    true, predicted = TRUE[TEST], indicators(probabilities)[TEST]
    assert (found.rows, found.labels, found.version_id) == (40, CLASSES, cables.latest_version_id)
    assert found.accuracy.estimate == pytest.approx(sklearn.metrics.accuracy_score(true, predicted))
    assert found.right == (true == predicted).all(axis=1).sum()
    assert found.hamming_loss == pytest.approx(sklearn.metrics.hamming_loss(true, predicted))
    assert found.micro_f1.estimate == pytest.approx(sklearn.metrics.f1_score(true, predicted, average="micro"))
    assert found.macro_f1.estimate == pytest.approx(
        sklearn.metrics.f1_score(true, predicted, average="macro", zero_division=0)
    )
    assert found.averages["samples avg"].f1 == pytest.approx(
        sklearn.metrics.f1_score(true, predicted, average="samples", zero_division=0)
    )
    np.testing.assert_array_equal(found.tables, sklearn.metrics.multilabel_confusion_matrix(true, predicted))
    missed, added = true * (1 - predicted), predicted * (1 - true)
    np.testing.assert_array_equal(found.missed_and_added, missed.astype(int).T @ added)
    losses = [sklearn.metrics.log_loss(true[:, i], probabilities[TEST, i], labels=[0, 1]) for i in range(4)]
    assert found.log_loss == pytest.approx(np.mean(losses), rel=1e-5)
    for figure in (found.accuracy, found.micro_f1, found.macro_f1):
        assert figure.low < figure.estimate < figure.high


def test_the_first_look_does_not_wait_and_the_second_has_it(
    context: Context, cables: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished_run(context, cables, guessed(0), SPLITS)
    assert isinstance(evaluation.evaluate(context, run, "test", timeout=0), Pending)
    waited_for = evaluated(context, run, "test")
    monkeypatch.delattr(multi_label, "set_counts")
    again = evaluation.evaluate(context, run, "test", timeout=0)
    assert isinstance(again, MultiLabelEvaluation)
    np.testing.assert_array_equal(again.missed_and_added, waited_for.missed_and_added)


def test_reviewed_labels_and_left_out_rows_count_in_the_newest_version_alone(context: Context, cables: Dataset) -> None:
    run = finished_run(context, cables, guessed(0), SPLITS)
    ids = (cables.dataset_id, cables.latest_version_id)
    acts = [(21, "relabel", text_form(["ship", "wheat"])), (22, "relabel", "[]"), (23, "exclude", None)]
    context.ledger.decisions.append(
        [Decision(new_id(), new_id(), *ids, row, action, label, "bob", now(), None, {}) for row, action, label in acts]
    )
    newest = make_review_version(context.store, cables.latest_version_id, "", "bob").version_id
    found = evaluated(context, run, "test", "newest")
    changed = TRUE.copy()
    changed[21], changed[22] = (0, 0, 1, 1), 0
    kept = np.delete(TEST, 3)
    assert (found.version_id, found.rows) == (newest, 39)
    assert [found.classes[name].support for name in CLASSES] == changed[kept].sum(axis=0).tolist()
    assert evaluated(context, run, "test", "given").rows == 40


def test_a_class_that_the_run_does_not_know_is_always_missed(context: Context, cables: Dataset) -> None:
    probabilities = guessed(0)[:, :3]
    run = finished_run(context, cables, probabilities, SPLITS, labels=CLASSES[:3])
    found = evaluated(context, run, "test")
    predicted = np.pad(indicators(probabilities), ((0, 0), (0, 1)))[TEST]
    assert found.labels == CLASSES
    np.testing.assert_array_equal(found.tables, sklearn.metrics.multilabel_confusion_matrix(TRUE[TEST], predicted))
    whole = np.pad(probabilities, ((0, 0), (0, 1)))[TEST]
    losses = [sklearn.metrics.log_loss(TRUE[TEST, i], whole[:, i], labels=[0, 1]) for i in range(4)]
    assert found.log_loss == pytest.approx(np.mean(losses), rel=1e-4)


def test_without_probabilities_there_is_no_log_loss_and_no_curve(context: Context, cables: Dataset) -> None:
    run = finished_run(context, cables, guessed(0), SPLITS, keep_probabilities=False)
    assert evaluated(context, run, "test").log_loss is None
    with pytest.raises(NotFoundError, match="kept no probabilities"):
        evaluation.curves(context, run, "test", "ship", "roc", timeout=None)


def test_a_split_that_was_not_predicted_is_answered_with_those_that_were(context: Context, cables: Dataset) -> None:
    run = finished_run(context, cables, guessed(0), SPLITS)
    with pytest.raises(NotFoundError, match=r"Split 'tst' not found in run 1. It has predicted: test, train\."):
        evaluated(context, run, "tst")


def test_a_run_that_never_says_a_class_is_evaluated(context: Context, cables: Dataset) -> None:
    found = evaluated(context, finished_run(context, cables, np.zeros((ROWS, 4), np.float32), SPLITS), "test")
    assert found.right == (TRUE[TEST].sum(axis=1) == 0).sum() > 0
    assert found.micro_f1.estimate == found.macro_f1.estimate == 0.0
    assert found.missed_and_added.sum() == 0


def test_more_classes_than_fit_are_refused(context: Context, cables: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished_run(context, cables, guessed(0), SPLITS)
    monkeypatch.setattr(multi_label, "MOST_CLASSES", 3)
    with pytest.raises(UsageError, match="4 classes are too many"):
        evaluated(context, run, "test")


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [("roc", sklearn.metrics.roc_auc_score), ("precision_recall", sklearn.metrics.average_precision_score)],
)
def test_curves_hold_one_class_against_its_absence(
    context: Context, cables: Dataset, kind: Kind, theirs: Callable[..., float]
) -> None:
    probabilities = guessed(0)
    run = finished_run(context, cables, probabilities, SPLITS)

    def area(label: str | None, average: str = "macro") -> float:
        found = evaluation.curves(context, run, "test", label, kind, average=average, timeout=None)  # type: ignore[arg-type]
        assert isinstance(found, Curve)
        return found.area

    assert area("ship") == pytest.approx(theirs(TRUE[TEST, 2], probabilities[TEST, 2]))
    for average in ("micro", "macro"):
        assert area(None, average) == pytest.approx(theirs(TRUE[TEST], probabilities[TEST], average=average))


def test_two_runs_are_compared_on_the_same_rows(context: Context, cables: Dataset) -> None:
    one, two = guessed(0), guessed(1)
    first, second = (finished_run(context, cables, each, SPLITS) for each in (one, two))
    found = evaluation.compare(context, first, second, "test", timeout=None)
    assert isinstance(found, MultiLabelComparison)
    np.testing.assert_array_equal(found.first.tables, evaluated(context, first, "test").tables)
    np.testing.assert_array_equal(found.tables, found.second.tables - found.first.tables)
    right = [(indicators(each)[TEST] == TRUE[TEST]).all(axis=1) for each in (one, two)]
    assert found.only_first_right == (right[0] & ~right[1]).sum()
    assert found.only_second_right == (right[1] & ~right[0]).sum()
    assert [each.name for each in found.differences] == ["micro_f1", "macro_f1", "accuracy", *CLASSES]
    assert found.differences[2].difference.estimate == pytest.approx(right[1].mean() - right[0].mean())
    won = PredictionFilter("test", correct=False, right_in=second.run_id)
    rows = evaluation.predicted_rows(context, first, won, "version", 100)
    assert {row.example_id for row in rows} == set(TEST[right[1] & ~right[0]].tolist())


def test_runs_that_share_no_split_are_not_compared(context: Context, cables: Dataset) -> None:
    first = finished_run(context, cables, guessed(0), SPLITS)
    second = finished_run(context, cables, guessed(1), ["train"] * ROWS)
    with pytest.raises(NotFoundError, match="Split 'test' not found in run 2"):
        evaluation.compare(context, first, second, "test", timeout=None)


@pytest.mark.parametrize(
    ("field", "is_true", "is_predicted"),
    [("found", 1, 1), ("missed", 1, 0), ("added", 0, 1), ("without", 0, 0)],
)
def test_each_cell_of_a_classes_table_has_its_rows(
    context: Context, cables: Dataset, field: str, is_true: int, is_predicted: int
) -> None:
    probabilities = guessed(0)
    run = finished_run(context, cables, probabilities, SPLITS)
    found = evaluated(context, run, "test")
    for place, name in enumerate(CLASSES):
        where = PredictionFilter("test", **{field: name})  # type: ignore[arg-type]
        rows = evaluation.predicted_rows(context, run, where, "version", 100)
        own = TEST[(TRUE[TEST, place] == is_true) & (indicators(probabilities)[TEST, place] == is_predicted)]
        assert {row.example_id for row in rows} == set(own.tolist())
        assert len(rows) == found.tables[place, is_true, is_predicted]
        assert [row.confidence for row in rows] == sorted((row.confidence for row in rows), reverse=True)
        assert all(row.label == texts_of(TRUE[[row.example_id]])[0] for row in rows)


def test_rows_that_miss_one_class_and_add_another_are_listed(context: Context, cables: Dataset) -> None:
    run = finished_run(context, cables, guessed(0), SPLITS)
    found = evaluated(context, run, "test")
    assert found.missed_and_added.max() > 0
    for missed, added in zip(*np.nonzero(found.missed_and_added), strict=True):
        where = PredictionFilter("test", missed=CLASSES[missed], added=CLASSES[added])
        rows = evaluation.predicted_rows(context, run, where, "version", 100)
        assert len(rows) == found.missed_and_added[missed, added]


def test_classes_whose_names_look_like_parts_of_a_list_are_told_apart(context: Context, tmp_path: Path) -> None:
    names = ('"', "a", 'a","b', "b")
    probabilities = np.full((8, 4), 0.1, np.float32)
    dataset = tagged(context, tmp_path, np.eye(4, dtype=np.int8)[[0, 1, 2, 3] * 2], classes=names)
    run = finished_run(context, dataset, probabilities, ["test"] * 8)
    for place, name in enumerate(names):
        rows = evaluation.predicted_rows(context, run, PredictionFilter("test", missed=name), "version", 100)
        assert [row.example_id for row in rows] == [place, place + 4]


def test_what_is_counted_is_the_distinct_pairs(context: Context, cables: Dataset) -> None:
    run = finished_run(context, cables, guessed(0), SPLITS)
    truth = f"(SELECT example_id, given_label AS label FROM examples_{cables.dataset_id})"
    target = evaluation.target_of_run(context, run)
    counts = predicted_sets.set_counts(context.store, [run.run_id], "test", truth, target.classes_sql)
    texts = np.array([texts_of(TRUE[TEST]), texts_of(indicators(guessed(0))[TEST])])
    assert len(counts.count) == len(np.unique(texts, axis=1).T) < 40
    assert counts.count.sum() == 40
    assert counts.members.sets == len(np.unique(texts))
    assert get_dataset(context.store, cables.dataset_id).labels == CLASSES
