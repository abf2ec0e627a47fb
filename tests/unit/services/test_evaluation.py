"""A finished run is scored on the labels one asks for, once, and from its own probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics
from numpy.typing import NDArray

from core.beside.answers import Pending
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.evaluation.curves import Kind
from core.records import Action, Comparison, Curve, Dataset, Decision, Evaluation, PredictionFilter, Run
from core.services.evaluation import measures as evaluation
from core.services.evaluation.words import limits
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.times import now
from core.store.versions import list_versions, make_review_version
from tests.runs import finished_run

SPLITS = ["train"] * 10 + ["test"] * 30
TEST = np.arange(10, 40)
TRUE = np.array([*(i % 2 for i in range(39)), 0])
"""The classes of the fixture's rows: x, y, x, y, …, and x once more at the end."""

Made = tuple[Run, NDArray[np.float32]]


def made(context: Context, dataset: Dataset, seed: int, *, keep_probabilities: bool = True) -> Made:
    share = np.random.default_rng(seed).random(40).astype(np.float32)
    probabilities = np.column_stack([share, 1 - share])
    return finished_run(context, dataset, probabilities, SPLITS, keep_probabilities=keep_probabilities), probabilities


def review(context: Context, dataset: Dataset, *acts: tuple[int, Action, str | None]) -> str:
    """The id of the version that these decisions make."""
    ids = (dataset.dataset_id, dataset.latest_version_id)
    context.ledger.decisions.append(
        [
            Decision(new_id(), new_id(), *ids, example_id, action, label, "bob", now(), None, {})
            for example_id, action, label in acts
        ],
    )
    return make_review_version(context.store, dataset.latest_version_id, "", "bob").version_id


def evaluated(context: Context, run: Run, *about: str) -> Evaluation:
    found = evaluation.evaluate(context, run, *about, timeout=None)  # type: ignore[arg-type]
    assert isinstance(found, Evaluation)
    return found


def test_an_evaluation_has_scikit_learns_figures(context: Context, news: Dataset) -> None:
    run, probabilities = made(context, news, 0)
    found = evaluated(context, run, "test")
    true, predicted = TRUE[TEST], probabilities[TEST].argmax(axis=1)
    assert (found.rows, found.labels, found.version_id) == (30, ("x", "y"), news.latest_version_id)
    assert found.matrix.tolist() == sklearn.metrics.confusion_matrix(true, predicted).tolist()
    assert found.accuracy.estimate == pytest.approx(sklearn.metrics.accuracy_score(true, predicted), abs=1e-9)
    assert found.macro_f1.estimate == pytest.approx(
        sklearn.metrics.f1_score(true, predicted, average="macro"), abs=1e-9
    )
    assert found.log_loss == pytest.approx(sklearn.metrics.log_loss(true, probabilities[TEST]), rel=1e-6)
    assert found.accuracy.low < found.accuracy.estimate < found.accuracy.high
    assert found.macro_f1.low < found.macro_f1.estimate < found.macro_f1.high


def test_the_first_look_does_not_wait_and_the_second_has_it(
    context: Context, news: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = made(context, news, 0)
    assert isinstance(evaluation.evaluate(context, run, "test", timeout=0), Pending)
    waited_for = evaluated(context, run, "test")
    monkeypatch.delattr(evaluation.predictions, "confusion_counts")
    again = evaluation.evaluate(context, run, "test", timeout=0)
    assert isinstance(again, Evaluation)
    assert again.accuracy == waited_for.accuracy


def test_labels_as_given_of_the_run_and_newest_are_three_things(context: Context, news: Dataset) -> None:
    reviewed = review(context, news, (10, "relabel", "y"), (11, "exclude", None))
    run, _ = made(context, get_dataset(context.store, news.dataset_id), 0)
    last = review(context, get_dataset(context.store, news.dataset_id), (12, "relabel", "y"))
    given, version, newest = (evaluated(context, run, "test", name) for name in ("given", "version", "newest"))
    assert (given.rows, version.rows, newest.rows) == (30, 29, 29)
    assert [found.classes["y"].support for found in (given, version, newest)] == [14, 14, 15]
    first = list_versions(context.store, news.dataset_id)[0].version_id
    assert [found.version_id for found in (given, version, newest)] == [first, reviewed, last]


def test_a_label_that_the_run_does_not_know_counts_as_wrong(context: Context, news: Dataset) -> None:
    run = finished_run(context, news, np.ones((40, 1), np.float32), SPLITS, labels=["x"])
    found = evaluated(context, run, "test")
    assert found.labels == ("x", "y")
    assert found.matrix.tolist() == [[16, 0], [14, 0]]
    assert found.log_loss == pytest.approx(14 / 30 * -np.log(np.finfo(np.float32).eps), rel=1e-5)


def test_without_probabilities_there_is_no_log_loss_and_no_curve(context: Context, news: Dataset) -> None:
    run, _ = made(context, news, 0, keep_probabilities=False)
    assert evaluated(context, run, "test").log_loss is None
    with pytest.raises(NotFoundError, match="kept no probabilities"):
        evaluation.curves(context, run, "test", "x", "roc", timeout=None)


def test_a_split_that_was_not_predicted_is_answered_with_those_that_were(context: Context, news: Dataset) -> None:
    run, _ = made(context, news, 0)
    with pytest.raises(NotFoundError, match=r"Split 'tst' not found in run 1. It has predicted: test, train\."):
        evaluated(context, run, "tst")


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        ("roc", sklearn.metrics.roc_auc_score),
        ("precision_recall", sklearn.metrics.average_precision_score),
    ],
)
def test_curves_have_scikit_learns_areas(
    context: Context, news: Dataset, kind: Kind, theirs: Callable[..., float]
) -> None:
    run, probabilities = made(context, news, 0)
    hits = np.eye(2)[TRUE[TEST]]

    def area(label: str | None, average: str = "macro") -> float:
        found = evaluation.curves(context, run, "test", label, kind, average=average, timeout=None)  # type: ignore[arg-type]
        assert isinstance(found, Curve)
        return found.area

    assert area("y") == pytest.approx(theirs(hits[:, 1], probabilities[TEST, 1]), abs=1e-9)
    for average in ("micro", "macro"):
        assert area(None, average) == pytest.approx(theirs(hits, probabilities[TEST], average=average), abs=1e-9)


def test_a_class_that_the_run_does_not_know_has_no_curve(context: Context, news: Dataset) -> None:
    run, _ = made(context, news, 0)
    with pytest.raises(NotFoundError, match="does not know the class 'z'"):
        evaluation.curves(context, run, "test", "z", "roc", timeout=None)


def test_too_wide_an_average_is_refused(context: Context, news: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = made(context, news, 0)
    monkeypatch.setattr(evaluation, "MOST_AVERAGED", 59)
    with pytest.raises(UsageError, match="2 classes of 30 rows"):
        evaluation.curves(context, run, "test", None, "roc", timeout=None)


def test_two_runs_are_compared_on_the_same_rows(context: Context, news: Dataset) -> None:
    (first, one), (second, two) = made(context, news, 0), made(context, news, 1)
    found = evaluation.compare(context, first, second, "test", timeout=None)
    assert isinstance(found, Comparison)
    alone = evaluated(context, first, "test")
    assert (found.first.matrix == alone.matrix).all()
    assert (found.matrix == found.second.matrix - alone.matrix).all()
    right = [probabilities[TEST].argmax(axis=1) == TRUE[TEST] for probabilities in (one, two)]
    assert found.only_first_right == (right[0] & ~right[1]).sum()
    assert found.only_second_right == (right[1] & ~right[0]).sum()
    assert found.differences[0].difference.estimate == pytest.approx(right[1].mean() - right[0].mean())
    won = PredictionFilter("test", correct=False, right_in=second.run_id)
    rows = evaluation.predicted_rows(context, first, won, "version", 100)
    assert len(rows) == found.only_second_right
    assert {row.example_id for row in rows} == set(TEST[right[1] & ~right[0]].tolist())


def test_runs_that_share_no_split_are_not_compared(context: Context, news: Dataset) -> None:
    first, probabilities = made(context, news, 0)
    second = finished_run(context, news, probabilities, ["train"] * 40)
    with pytest.raises(NotFoundError, match="Split 'test' not found in run 2"):
        evaluation.compare(context, first, second, "test", timeout=None)


@pytest.mark.parametrize(
    ("spec", "flatters"),
    [
        ({"strategy": "full", "task": "text-classification"}, True),
        ({"strategy": "head", "task": "text-classification"}, False),
        ({"strategy": "head", "task": "tabular-classification"}, True),
        ({"strategy": "head"}, False),
    ],
)
def test_a_split_that_said_when_to_stop_flatters(
    context: Context, news: Dataset, spec: dict[str, str], flatters: bool
) -> None:
    run, _ = made(context, news, 0)
    found = evaluated(context, run, "test")
    said = limits(replace(run, spec=spec), replace(found, split="validation"))
    assert any("flatter" in sentence for sentence in said) is flatters
