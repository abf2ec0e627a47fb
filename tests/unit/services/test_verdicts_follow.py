"""A person's verdict on a label holds in later versions and their scans, until the label or the verdict changes."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.records import Action, Dataset, IssueFilter, RowFilter, RowOrder, Scan
from core.review.records import Act
from core.services.issues.listing import export_list, findings, latest_scan, page
from core.services.review.again import ask_again
from core.services.review.decisions import counts, make_version, record, undo
from core.services.review.queue import claim, items, undecided
from core.services.review.sources import ScanSource
from core.services.review.undo import take_back_one
from core.services.steps.overview import standings
from core.store.datasets import get_dataset
from core.store.export import write_job_rows
from core.store.ids import new_id
from core.store.issues import count_issues
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
    assert (found.flagged, found.left, found.decided, found.settled_before) == (LEFT, LEFT, 0, 4)
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


def test_a_settled_row_is_flagged_again_once_somebody_asks_and_settled_again_once_that_is_taken_back(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    for row in (0, 1):
        decide(context, news.latest_version_id, row, "keep")
    second = next_version(context, tmp_path, news)
    only_first = IssueFilter(rows=RowFilter(example_ids=(0,)))
    assert count_issues(context.store, second, IssueFilter(settled=True)) == 2
    assert ask_again(context, second, only_first, "ben", "the guideline has changed") == (0,)
    assert handed_out(context, second)[:2] == [0, 2]
    found = counts(context, second.version_id, second.scan_id)
    assert (found.flagged, found.left, found.decided, found.settled_before) == (FLAGGED - 1, FLAGGED - 1, 0, 1)
    (asked,) = context.ledger.decisions.page(news.dataset_id, action="ask")
    assert (asked.reviewer, asked.note) == ("ben", "the guideline has changed")
    take_back_one(context, news, asked.decision_id, "ben")
    assert handed_out(context, second)[0] == 2


def test_a_row_asked_for_again_stays_open_in_later_versions_until_it_is_judged(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    decide(context, news.latest_version_id, 0, "keep")
    second = next_version(context, tmp_path, news)
    ask_again(context, second, IssueFilter(), "ben")
    decide(context, second.version_id, 5, "exclude")
    third = next_version(context, tmp_path, news, "third")
    assert handed_out(context, third)[0] == 0
    decide(context, third.version_id, 0, "keep")
    assert handed_out(context, third)[0] == 1


def test_the_lists_of_flagged_and_of_settled_rows_share_out_what_a_scan_flags(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    for row in (0, 7):
        decide(context, news.latest_version_id, row, "keep")
    second = next_version(context, tmp_path, news)
    assert page(context, second, IssueFilter(settled=False), 1, 0).total == FLAGGED - 2
    settled = page(context, second, IssueFilter(settled=True), 9, 0)
    assert [line.issue.example_id for line in settled.lines] == [0, 7]
    assert findings(context, second).review.flagged == sum(pair.flagged for pair in findings(context, second).pairs)


def test_settled_rows_are_handed_out_to_who_looks_for_them_with_what_was_said(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    for row in (0, 7):
        decide(context, news.latest_version_id, row, "keep")
    second = next_version(context, tmp_path, news)
    source = ScanSource(second, IssueFilter(settled=True))
    assert source.claim(context, second.version_id, "ada", 5) == [0, 7]
    first, _ = source.items(context, second.version_id, [0, 7])
    assert first.decision is None
    assert first.before is not None and (first.before.action, first.before.reviewer) == ("keep", "ada")
    decide(context, second.version_id, 0, "relabel", "tech")
    assert source.claim(context, second.version_id, "ada", 5) == [7]
    assert (source.counts(context, second.version_id).left, source.counts(context, second.version_id).decided) == (1, 1)


def test_who_gets_a_row_again_that_somebody_was_unsure_of_is_told_so(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    record(context, news.latest_version_id, "ada", [Act(new_id(), "unsure", 1, note="could be both")])
    decide(context, news.latest_version_id, 0, "keep")
    second = next_version(context, tmp_path, news)
    assert handed_out(context, second)[0] == 1
    (item,) = items(context, second, [1])
    assert item.before is not None and (item.before.action, item.before.note) == ("unsure", "could be both")


def test_an_exported_list_says_which_verdict_holds_on_each_row(context: Context, news: Dataset, tmp_path: Path) -> None:
    record(context, news.latest_version_id, "ada", [Act(new_id(), "keep", 0, note="seen twice")])
    decide(context, news.latest_version_id, 3, "relabel", "tech")
    second = next_version(context, tmp_path, news)
    decide(context, second.version_id, 5, "exclude")
    export_list(context, second, tmp_path / "issues.json", "json", top=6)
    listed = {one["example_id"]: one for one in json.loads((tmp_path / "issues.json").read_text())}
    told = ("verdict", "verdict_label", "verdict_by", "verdict_version", "verdict_note")
    assert [listed[0][name] for name in told] == ["keep", None, "ada", 1, "seen twice"]
    assert [listed[3][name] for name in told] == ["relabel", "tech", "ada", 1, None]
    assert [listed[5][name] for name in told] == ["exclude", None, "ada", 2, None]
    assert listed[1]["verdict"] is None


@pytest.mark.parametrize("order", [RowOrder("score", True, added=True), RowOrder("text"), RowOrder("example_id", True)])
def test_a_file_has_the_same_columns_however_the_list_is_sorted(
    context: Context, news: Dataset, tmp_path: Path, order: RowOrder
) -> None:
    record(context, news.latest_version_id, "ada", [Act(new_id(), "keep", 0, note="seen twice")])
    second = next_version(context, tmp_path, news)
    export_list(context, second, tmp_path / "ranked.json", "json")
    export_list(context, second, tmp_path / "sorted.json", "json", order=order)
    ranked, ordered = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("ranked", "sorted"))
    assert [list(row) for row in ordered] == [list(row) for row in ranked]
    by = order.column
    assert [row[by] for row in ordered] == sorted((row[by] for row in ranked), reverse=order.descending)
    assert sorted(map(str, ordered)) == sorted(map(str, ranked))


def test_the_next_scan_is_given_which_labels_people_have_confirmed_and_what_they_were_before(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    decide(context, news.latest_version_id, 0, "keep")
    decide(context, news.latest_version_id, 3, "relabel", "tech")
    decide(context, news.latest_version_id, 4, "unsure")
    second = next_version(context, tmp_path, news)
    decide(context, second.version_id, 6, "keep")
    decide(context, second.version_id, 7, "relabel", "tech")
    rows = pq.read_table(write_job_rows(context.store, second.version_id, tmp_path / "rows.parquet", news.labels))
    known = rows.filter(rows["known"])["example_id"].to_pylist()
    assert known == [0, 3, 6]
    corrected = rows.filter(rows["before"].is_valid()).select(["example_id", "label", "before"]).to_pylist()
    labels = news.labels
    assert corrected == [{"example_id": 3, "label": labels.index("tech"), "before": labels.index("business")}]
