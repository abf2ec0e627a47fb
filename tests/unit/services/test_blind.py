"""Test rows judged blind: nothing of what a model says of them is handed out, and a score says where it was not so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.records import Dataset, Evaluation, IssueFilter, PredictionFilter, Run
from core.review.records import Act
from core.services.evaluation.in_sight import in_sight
from core.services.evaluation.measures import evaluate
from core.services.review.blind import Blind, has_held_out
from core.services.review.decisions import make_version, record
from core.services.review.sources import RunSource, ScanSource
from core.store.versions import get_version
from tests.pages.issues_data import FLAGGED, ROWS, load, scan
from tests.runs import finished_run


@pytest.fixture
def news(context: Context, tmp_path: Path) -> Dataset:
    """Every fifth row is of test."""
    return load(context, tmp_path)


@pytest.fixture
def run(context: Context, news: Dataset) -> Run:
    """Wrong on every ninth row, the surer the later; all of test."""
    probabilities = np.full((ROWS, 3), 0.05, np.float32)
    probabilities[np.arange(ROWS), np.arange(ROWS) % 3] = 0.9
    for row in range(0, ROWS, 9):
        probabilities[row] = 0.4 - row / 1000, 0.6 + row / 1000, 0.0
    return finished_run(context, news, probabilities, ["test"] * ROWS)


def test_rows_of_test_come_after_the_others_in_another_order_than_the_scans(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    found = scan(context, tmp_path, news)
    source = Blind(ScanSource(found, IssueFilter()))
    rows = source.claim(context, found.version_id, "ada", FLAGGED)
    open_rows, blind_rows = rows[:32], rows[32:]
    assert open_rows == [row for row in range(FLAGGED) if row % 5]
    assert sorted(blind_rows) == list(range(0, FLAGGED, 5)) != blind_rows
    assert rows == source.claim(context, found.version_id, "ada", FLAGGED)
    items = source.items(context, found.version_id, rows)
    assert [item.blind for item in items] == [False] * 32 + [True] * 8


def test_a_queue_of_a_runs_errors_on_test_has_no_suggestion_to_take(context: Context, news: Dataset, run: Run) -> None:
    plain = RunSource(run, PredictionFilter("test", correct=False), "version")
    source = Blind(plain)
    surest_first = plain.claim(context, news.latest_version_id, "ada", 10)
    drawn = source.claim(context, news.latest_version_id, "ada", 10)
    assert sorted(drawn) == sorted(surest_first) and drawn != surest_first
    assert "suggestion" in plain.actions and "suggestion" not in source.actions
    assert all(item.blind for item in source.items(context, news.latest_version_id, drawn))
    assert source.key != plain.key


def test_blind_is_offered_where_there_are_rows_to_measure_on(context: Context, news: Dataset) -> None:
    assert has_held_out(context, get_version(context.store, news.latest_version_id))


def test_a_run_knows_the_nearest_examples_of_a_row_and_says_what_they_are(
    context: Context, news: Dataset, run: Run, tmp_path: Path
) -> None:
    scan(context, tmp_path, news)
    source = RunSource(run, PredictionFilter("test", correct=False), "version")
    (item,) = source.items(context, news.latest_version_id, [9])
    assert item.neighbours
    like = sum(one.example.label == "sport" for one in item.neighbours)
    said = f"Of its {len(item.neighbours)} nearest examples {like} are sport"
    assert item.why.startswith("Run 1 is 61% sure of sport and gives the label business 39%.") and said in item.why


def test_a_score_on_labels_changed_in_sight_of_a_models_answer_says_so(
    context: Context, news: Dataset, run: Run
) -> None:
    seen = {"given_label": "business", "suggested_label": "sport", "score": 0.3, "tier": "run 1"}
    acts = [
        Act("a", "relabel", 0, "sport", shown=seen),
        Act("b", "relabel", 9, "sport", shown=seen),
        Act("c", "relabel", 18, "sport", shown={"given_label": "business", "blind": 1.0}),
        Act("d", "keep", 27, shown=seen),
    ]
    record(context, news.latest_version_id, "ada", acts)
    assert in_sight(context, run, evaluated(context, run, "version")) == []
    second = make_version(context, news.latest_version_id, "", "ada")
    (said,) = in_sight(context, run, evaluated(context, run, "newest"))
    assert said == "2 of these labels were changed with this run's own answers in sight, which flatters its score."
    record(context, second.version_id, "ada", [Act("e", "relabel", 36, "sport", shown={**seen, "tier": "lexical"})])
    make_version(context, second.version_id, "", "ada")
    (said,) = in_sight(context, run, evaluated(context, run, "newest"))
    assert said.startswith("3 of these labels were changed with a model's answer in sight, 2 of them this run's own")


def evaluated(context: Context, run: Run, labels_from: str) -> Evaluation:
    found = evaluate(context, run, "test", labels_from, timeout=None)  # type: ignore[arg-type]
    assert isinstance(found, Evaluation)
    return found
