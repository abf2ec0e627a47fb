"""A review of what a run predicts: rows of a cell, whether the version was scanned or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.records import Dataset, PredictionFilter, Run
from core.review.records import Act
from core.services.review.decisions import make_version, record
from core.services.review.sources import RunSource
from tests.pages import issues_data
from tests.runs import finished_run

ROWS = issues_data.ROWS


@pytest.fixture
def news(context: Context, tmp_path: Path) -> Dataset:
    """Rows of business, sport and tech in turn."""
    return issues_data.load(context, tmp_path)


@pytest.fixture
def run(context: Context, news: Dataset) -> Run:
    """Right, but for every ninth row: business taken for sport, the surer the later."""
    probabilities = np.full((ROWS, 3), 0.05, np.float32)
    probabilities[np.arange(ROWS), np.arange(ROWS) % 3] = 0.9
    for row in range(0, ROWS, 9):
        probabilities[row] = 0.4 - row / 1000, 0.6 + row / 1000, 0.0
    return finished_run(context, news, probabilities, ["test"] * ROWS)


def cell(run: Run) -> RunSource:
    return RunSource(run, PredictionFilter("test", "business", "sport"), "version")


def test_the_rows_of_a_cell_are_handed_out_the_surest_first(context: Context, news: Dataset, run: Run) -> None:
    rows = cell(run).claim(context, news.latest_version_id, "a tab", 4)
    assert rows == [81, 72, 63, 54]
    items = cell(run).items(context, news.latest_version_id, rows)
    first = items[0]
    assert (first.example.example_id, first.issue.given_label, first.issue.suggested_label) == (81, "business", "sport")
    assert first.probabilities[0] == ("sport", pytest.approx(0.681))
    assert first.issue.score == pytest.approx(0.319)
    assert [item.issue.rank for item in items] == [1, 2, 3, 4]
    assert first.why == "Run 1 is 68% sure of sport and gives the label business 32%."


def test_two_tabs_never_get_the_same_row(context: Context, news: Dataset, run: Run) -> None:
    first = cell(run).claim(context, news.latest_version_id, "one", 6)
    second = cell(run).claim(context, news.latest_version_id, "two", 6)
    assert len(first) == 6 and len(second) == 4
    assert not set(first) & set(second)


def test_what_is_decided_leaves_the_queue_and_is_counted(context: Context, news: Dataset, run: Run) -> None:
    source, version = cell(run), news.latest_version_id
    assert (source.counts(context, version).flagged, source.counts(context, version).left) == (10, 10)
    shown = {"given_label": "business", "suggested_label": "sport", "score": 0.3, "tier": source.tier}
    record(context, version, "ada", [Act("k1", "relabel", 81, "sport", shown=shown)])
    assert 81 not in source.claim(context, version, "a tab", 10)
    after = source.counts(context, version)
    assert (after.flagged, after.left, after.decided, after.relabelled) == (10, 9, 1, 1)
    assert source.undecided(context, version) == 9


def test_a_newer_version_is_reviewed_on_the_same_rows_without_those_decided_before(
    context: Context, news: Dataset, run: Run
) -> None:
    record(context, news.latest_version_id, "ada", [Act("k1", "exclude", 81), Act("k2", "relabel", 72, "tech")])
    made = make_version(context, news.latest_version_id, "", "ada")
    rows = cell(run).claim(context, made.version_id, "a tab", 3)
    assert rows == [63, 54, 45]
    assert cell(run).items(context, made.version_id, [72])[0].issue.given_label == "tech"


def test_without_its_probabilities_a_row_still_shows_what_was_predicted(context: Context, news: Dataset) -> None:
    probabilities = np.full((ROWS, 3), (0.1, 0.7, 0.2), np.float32)
    run = finished_run(context, news, probabilities, ["test"] * ROWS, keep_probabilities=False)
    [item] = cell(run).items(context, news.latest_version_id, [0])
    assert item.probabilities == (("sport", pytest.approx(0.7)),)
