"""A person's verdict on a label holds in later versions and their scans, until the label or the verdict changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.records import Action, Dataset, IssueFilter, Scan
from core.review.records import Act
from core.services.issues.listing import latest_scan, page
from core.services.overview import standings
from core.services.review.decisions import counts, make_version, record, undo
from core.services.review.queue import claim, undecided
from core.store.datasets import get_dataset
from core.store.ids import new_id
from tests.pages.issues_data import FLAGGED, load, scan

LEFT = FLAGGED - 4


@pytest.fixture
def news(context: Context, tmp_path: Path) -> Dataset:
    dataset = load(context, tmp_path)
    scan(context, tmp_path, dataset)
    return dataset


def decide(context: Context, version_id: str, example_id: int, action: Action, label: str | None = None) -> None:
    recorded = record(context, version_id, "ada", [Act(new_id(), action, example_id, label)])
    assert not recorded.refused


def next_version(context: Context, folder: Path, dataset: Dataset, job_id: str = "second") -> Scan:
    """The newest version with its decisions applied, scanned: every row that was flagged is flagged again."""
    make_version(context, get_dataset(context.store, dataset.dataset_id).latest_version_id, "", "ada")
    return scan(context, folder, get_dataset(context.store, dataset.dataset_id), job_id=job_id)


def handed_out(context: Context, found: Scan) -> list[int]:
    return claim(context, found.version_id, found.scan_id, "ada", IssueFilter(), FLAGGED)


def test_a_label_kept_or_corrected_is_not_asked_for_again_in_the_next_version(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    for row in (0, 1, 2):
        decide(context, news.latest_version_id, row, "keep")
    decide(context, news.latest_version_id, 3, "relabel", "tech")
    second = next_version(context, tmp_path, news)
    assert handed_out(context, second) == list(range(4, FLAGGED))
    assert undecided(context, second, IssueFilter()) == LEFT
    found = counts(context, second.version_id, second.scan_id)
    assert (found.flagged, found.left, found.decided, found.settled_before) == (FLAGGED, LEFT, 0, 4)
    listed = page(context, second, IssueFilter(undecided_only=True), 100, 0)
    assert (listed.total, listed.lines[0].issue.example_id) == (LEFT, 4)
    verdicts = [line.decision for line in page(context, second, IssueFilter(), 5, 0).lines]
    assert [one and one.action for one in verdicts] == ["keep", "keep", "keep", "relabel", None]
    assert standings(context, 5)[0][0].review.left == LEFT


def test_verdicts_hold_over_several_versions_and_over_new_scans_of_one(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    decide(context, news.latest_version_id, 0, "keep")
    second = next_version(context, tmp_path, news)
    decide(context, second.version_id, 1, "keep")
    third = next_version(context, tmp_path, news, "third")
    again = scan(context, tmp_path, get_dataset(context.store, news.dataset_id), job_id="third again")
    for found in (third, again):
        assert handed_out(context, found)[0] == 2
    assert counts(context, third.version_id, third.scan_id).settled_before == 2


def test_a_row_whose_label_has_changed_since_is_asked_for_again(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    decide(context, news.latest_version_id, 0, "keep")
    decide(context, news.latest_version_id, 1, "relabel", "tech")
    second = next_version(context, tmp_path, news)
    decide(context, news.latest_version_id, 1, "keep")
    assert handed_out(context, second)[:2] == [1, 2]
    decide(context, second.version_id, 0, "relabel", "tech")
    assert counts(context, second.version_id, second.scan_id).settled_before == 0


def test_a_later_verdict_of_any_reviewer_takes_the_place_of_the_earlier_one(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    decide(context, news.latest_version_id, 0, "keep")
    decide(context, news.latest_version_id, 1, "keep")
    second = next_version(context, tmp_path, news)
    record(context, second.version_id, "ben", [Act(new_id(), "unsure", 0)])
    third = next_version(context, tmp_path, news, "third")
    assert handed_out(context, third)[:2] == [0, 2]


def test_unsure_and_a_verdict_that_was_taken_back_leave_the_row_open(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    decide(context, news.latest_version_id, 1, "unsure")
    decide(context, news.latest_version_id, 2, "keep")
    decide(context, news.latest_version_id, 0, "keep")
    second = next_version(context, tmp_path, news)
    assert handed_out(context, second)[:2] == [1, 3]
    undo(context, news.latest_version_id, "ada")
    assert handed_out(context, second)[:2] == [0, 1]
    assert latest_scan(context, second.version_id) == second
