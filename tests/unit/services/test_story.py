"""The story of a dataset: each of its sentences holds against counting by hand, for one class and for several."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.beside.answers import Pending
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Action, CostCurve, Dataset, Decision, Run, Story
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.evaluation.measures import evaluate
from core.services.story.costs import costs
from core.services.story.tell import story
from core.services.story.words import decided_lines
from core.services.story.worst import rows_behind
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.scans import latest_scan
from core.store.times import now
from core.store.versions import make_review_version
from tests.pages import issues_data as data
from tests.runs import finished_run
from tests.tagged import tagged

SPLITS = ["test" if row % 5 == 0 else "train" for row in range(data.ROWS)]
TEST = np.arange(0, data.ROWS, 5)


def told(context: Context, name: str = "news") -> Story:
    found = story(context, get_dataset(context.store, name), timeout=None)
    assert not isinstance(found, Pending)
    return found


def decide(context: Context, dataset: Dataset, *acts: tuple[int, Action, str | None], by: str = "bob") -> None:
    ids = (dataset.dataset_id, dataset.latest_version_id)
    context.ledger.decisions.append(
        [Decision(new_id(), new_id(), *ids, row, action, label, by, now(), None, {}) for row, action, label in acts]
    )


def predicted(context: Context, classes: np.ndarray, sure: float = 0.8) -> Run:
    """A run that predicts these classes (rows,) of business, sport, tech."""
    probabilities = np.full((data.ROWS, 3), (1 - sure) / 2, np.float32)
    probabilities[np.arange(data.ROWS), classes] = sure
    return finished_run(context, get_dataset(context.store, "news"), probabilities, SPLITS)


@pytest.fixture
def reviewed(context: Context, tmp_path: Path) -> Dataset:
    """Ninety rows, of which forty are flagged in version 1 and three changed in version 2; a run on each: the second
    takes every sport of the test rows for tech and is right about all others, the first also misses a business."""
    data.scan(context, tmp_path, data.load(context, tmp_path))
    of = np.arange(data.ROWS) % 3
    second = np.where((of == 1) & (np.arange(data.ROWS) % 5 == 0), 2, of)
    first = second.copy()
    first[0] = 1
    predicted(context, first)
    dataset = get_dataset(context.store, "news")
    decide(context, dataset, (1, "relabel", "tech"), (2, "exclude", None), (4, "relabel", "tech"), (6, "keep", None))
    decide(context, dataset, (7, "keep", None), by="ann")
    make_review_version(context.store, dataset.latest_version_id, "first pass", "bob")
    predicted(context, second)
    return get_dataset(context.store, "news")


def test_a_dataset_that_was_only_loaded_is_to_be_scanned(context: Context, tmp_path: Path) -> None:
    data.load(context, tmp_path)
    found = told(context)
    assert [line.version.number for line in found.lines] == [1]
    assert (found.score, found.worst, found.baselines, found.suspects) == (None, (), (), None)
    assert found.next_acts[0].title == "Scan version 1" and found.next_acts[0].place.page == "issues"
    assert [(one.name, one.rows) for one in found.classes] == [("business", 30), ("sport", 30), ("tech", 30)]
    assert [row.example_id for row in found.classes[0].typical] == [0, 3, 6]


def test_versions_scores_and_decisions_are_told_by_number_and_by_person(context: Context, reviewed: Dataset) -> None:
    found = told(context)
    first, second = found.lines
    assert (first.flagged, first.share_wrong is not None, second.share_wrong) == (data.FLAGGED, True, None)
    assert first.score and second.score and (first.score.run.number, second.score.run.number) == (1, 2)
    assert second.score.score.estimate == pytest.approx(12 / 18)
    assert first.score.score.estimate == pytest.approx(11 / 18)
    assert found.score == second.score
    by_hand = {("bob", "relabel"): 2, ("bob", "exclude"): 1, ("bob", "keep"): 1, ("ann", "keep"): 1}
    assert {(one.reviewer, one.action): one.rows for one in found.decided if one.version == 1} == by_hand
    assert "On the same 18 rows" in found.trend


def test_rows_that_are_asked_for_again_are_nothing_that_was_decided(context: Context, reviewed: Dataset) -> None:
    before = told(context).decided
    decide(context, reviewed, (70, "keep", None), by="cem")
    assert sum(one.rows for one in told(context).decided if one.reviewer == "cem") == 1
    decide(context, reviewed, (70, "ask", None), by="cem")
    assert told(context).decided == before
    assert decided_lines(told(context).decided)


def test_the_worst_class_is_told_in_words_with_the_rows_behind_it(context: Context, reviewed: Dataset) -> None:
    found = told(context)
    [only] = found.worst
    assert only.sentence == "“sport” is taken for “tech” in 6 of 6 rows"
    assert found.score
    evaluated = evaluate(context, found.score.run, "test", "newest", timeout=None)
    assert not isinstance(evaluated, Pending)
    scan = latest_scan(context.store, found.lines[0].version.version_id)
    total, rows = rows_behind(context, found.score.run, evaluated, only.behind, found.newest, scan, 10)
    assert total == len(rows) == only.rows == 6
    assert {(row.label, row.predicted) for row in rows} == {("sport", "tech")}


def test_errors_on_flagged_labels_are_counted_and_listed_until_somebody_judges_them(
    context: Context, reviewed: Dataset
) -> None:
    found = told(context)
    doubtful = [row for row in TEST if row % 3 == 1 and row < data.FLAGGED]  # 10 and 25; 40 is not flagged
    assert found.suspects and (found.suspects.rows, found.suspects.of) == (len(doubtful), 6)
    decide(context, reviewed, (10, "keep", None))
    again = told(context)
    assert again.suspects and again.suspects.rows == len(doubtful) - 1


def test_a_score_stands_beside_the_run_before_and_what_no_model_is_needed_for(
    context: Context, reviewed: Dataset
) -> None:
    found = told(context)
    before, majority, guessed = found.baselines
    assert (before.run, before.score.estimate) == (1, pytest.approx(11 / 18))
    assert before.difference and before.difference.estimate == pytest.approx(1 / 18)
    assert found.score and before.verdict(found.score.score) == "unclear"
    assert majority.score.estimate == pytest.approx(6 / 18) and guessed.score.estimate == pytest.approx(1 / 3, abs=0.01)
    assert guessed.verdict(found.score.score) == "better"


def test_classes_are_shown_by_what_the_model_is_right_about(context: Context, reviewed: Dataset) -> None:
    shown = {one.name: [row.example_id for row in one.typical] for one in told(context).classes}
    assert all(row % 3 == 1 and row % 5 for row in shown["sport"]) and len(shown["sport"]) == 3
    assert sum(one.share for one in told(context).classes) == pytest.approx(1)


def test_the_next_acts_are_ranked_and_each_says_why_and_where(context: Context, reviewed: Dataset) -> None:
    acts = told(context).next_acts
    assert len(acts) == 3
    scan, *_ = acts
    assert scan.title == "Scan version 2" and scan.gain > 0
    decide(context, reviewed, (30, "relabel", "tech"), (31, "exclude", None))
    titles = [act.title for act in told(context).next_acts]
    assert "Make a version of 2 decided rows" in titles
    merge = ClassChange("merge", ("tech",), "sport")
    carry_out_change(context, plan_change(context, reviewed, merge), "bob")
    [made] = [act for act in told(context).next_acts if act.title.startswith("Make a version")]
    assert made.gain == 2 and made.title != "Make a version of 2 decided rows", "classes were changed, no row put right"
    assert all(act.why and act.measured and act.place.query["dataset"] == "news" for act in acts)


def test_retraining_is_worth_as_much_as_was_corrected_since(context: Context, tmp_path: Path) -> None:
    dataset = data.load(context, tmp_path)
    predicted(context, np.arange(data.ROWS) % 3)
    decide(context, dataset, (1, "relabel", "tech"), (4, "relabel", "tech"))
    version = make_review_version(context.store, dataset.latest_version_id, "", "bob")
    data.scan(context, tmp_path, get_dataset(context.store, "news"))
    act = next(act for act in told(context).next_acts if act.title == "Retrain on version 2")
    assert act.gain == 2 and act.place.query["version"] == str(version.number)


def test_a_story_is_told_again_only_when_something_happened(context: Context, reviewed: Dataset) -> None:
    first = told(context)
    assert told(context) is first
    decide(context, reviewed, (30, "keep", None))
    assert told(context) is not first


def test_costs_choose_a_threshold_for_a_class_and_for_all_answers(context: Context, reviewed: Dataset) -> None:
    run = told(context).score.run  # type: ignore[union-attr]

    def asked(label: str | None, first: float, second: float) -> CostCurve:
        found = costs(context, run, "test", label, first, second, timeout=None)
        assert isinstance(found, CostCurve)
        return found

    answers = asked(None, 5, 1)
    assert answers.usual == pytest.approx(1000 * 5 * 6 / 18)
    assert answers.best.estimate > 0.8 and answers.second == 18  # nothing tells right from wrong: all to a person
    tech = asked("tech", 1, 1)
    assert tech.usual == pytest.approx(1000 * 6 / 18)
    with pytest.raises(NotFoundError, match="does not know the class 'golf'"):
        asked("golf", 1, 1)
    with pytest.raises(UsageError, match="cost of -1"):
        asked(None, -1, 1)


def test_a_story_of_several_classes_tells_what_is_missed_and_what_is_added(context: Context, tmp_path: Path) -> None:
    true = np.tile(np.array([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], np.int8), (15, 1))
    true[-1, 3] = 1
    dataset = tagged(context, tmp_path, true)
    said = true.astype(np.float32) * 0.8 + 0.1
    said[:20, 1] = 0.1  # grain is missed
    said[:4, 3] = 0.9  # wheat is added
    finished_run(context, dataset, said, ["train"] * 40 + ["test"] * 20)
    finished_run(context, dataset, said, ["test"] * 60)
    found = told(context, "cables")
    assert found.score and found.score.figure == "micro F1"
    sentences = {one.sentence: one for one in found.worst}
    assert sentences.keys() == {
        "“grain” is missed in 10 of 30 rows that have it",
        "“wheat” is wrongly added to 4 others",
    }
    evaluated = evaluate(context, found.score.run, "test", "newest", timeout=None)
    assert not isinstance(evaluated, Pending)
    for one in found.worst:
        total, rows = rows_behind(context, found.score.run, evaluated, one.behind, found.newest, None, 50)
        assert total == len(rows) == one.rows
    majority = next(one for one in found.baselines if one.name.startswith("Always"))
    assert majority.score.estimate == pytest.approx(2 * 30 / (60 + 61))
    wheat = costs(context, found.score.run, "test", "wheat", 1, 1, timeout=None)
    assert isinstance(wheat, CostCurve) and wheat.usual == pytest.approx(1000 * 4 / 60)
