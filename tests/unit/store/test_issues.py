from __future__ import annotations

import json

import pytest

from core.errors import NotFoundError
from core.ledger.sqlite import SqliteLedger
from core.records import IssueFilter, RowFilter
from core.store.acts.decisions import counts
from core.store.database import Database
from core.store.issues import count_and_page, count_issues, page_issues, pair_counts
from core.store.scans import get_scan, latest_scan

from .conftest import Load, ScanOf
from .test_versions import decide

ALL = IssueFilter(flagged_only=False)


def test_a_tier_is_taken_in_once_however_often_it_is_offered(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    first = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4])
    again = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4])
    assert again == first == get_scan(db, first.scan_id)
    assert count_issues(db, first, ALL) == 5
    assert first.summary == {"rows": 5}


def test_the_newest_scan_s_best_tier_is_the_latest(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    labels = ([1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0])
    assert latest_scan(db, dataset.latest_version_id) is None
    scan(dataset, *labels, job_id="old", tier_order=0)
    scan(dataset, *labels, job_id="new", tier_order=1)
    scan(dataset, *labels, job_id="old", tier_order=1)
    latest = latest_scan(db, dataset.latest_version_id)
    assert latest is not None
    assert (latest.job_id, latest.tier_order) == ("new", 1)


def test_issues_come_worst_first_with_labels_by_name(db: Database, load: Load, scan: ScanOf) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4])
    found = page_issues(db, tier, IssueFilter(), 10)
    assert [(i.example_id, i.given_label, i.suggested_label, i.rank) for i in found] == [
        (0, "pos", "neg", 1),
        (4, "neg", "pos", 5),
    ]
    assert found[0].why == {"given_probability": 0.1}
    assert [issue.example_id for issue in page_issues(db, tier, ALL, 2, 3)] == [3, 4]


@pytest.mark.parametrize(
    ("where", "example_ids"),
    [
        (IssueFilter(), [0, 1, 4]),
        (IssueFilter(given_label="neg"), [1, 4]),
        (IssueFilter(suggested_label="neg"), [0]),
        (IssueFilter(score_below=0.3), [0, 1]),
        (IssueFilter(undecided_only=True), [0, 4]),
        (IssueFilter(rows=RowFilter(text="film")), [0, 1, 4]),
        (IssueFilter(rows=RowFilter(split="train", text="good"), undecided_only=True), [0, 4]),
        (IssueFilter(flagged_only=False, rows=RowFilter(attribute="lang", value="de")), [2, 3]),
        (IssueFilter(rows=RowFilter(duplicates="conflicting")), [0, 4]),
    ],
)
def test_an_issue_filter_narrows_the_list(
    db: Database, ledger: SqliteLedger, load: Load, scan: ScanOf, where: IssueFilter, example_ids: list[int]
) -> None:
    dataset = load()
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 1, 4])
    decide(ledger, dataset, dataset.latest_version_id, 1, "keep")
    assert [issue.example_id for issue in page_issues(db, tier, where, 10)] == example_ids
    assert count_issues(db, tier, where) == len(example_ids)
    total, found = count_and_page(db, tier, where, 1, 1)
    assert (total, [issue.example_id for issue in found]) == (len(example_ids), example_ids[1:2])


def test_pairs_of_given_and_suggested_label_are_counted(db: Database, load: Load, scan: ScanOf) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 0, 1], [0, 1, 4])
    assert pair_counts(db, tier, IssueFilter()) == [("neg", "pos", 2), ("pos", "neg", 1)]
    assert sum(count for *_, count in pair_counts(db, tier, ALL)) == 5


def test_each_issue_type_has_a_list_of_its_own(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4], also="other")
    other = IssueFilter("other")
    assert [issue.example_id for issue in page_issues(db, tier, IssueFilter(), 9)] == [0, 4]
    assert [(issue.example_id, issue.rank) for issue in page_issues(db, tier, other, 9)] == [(3, 2), (2, 3), (1, 4)]
    total, found = count_and_page(db, tier, other, 1, 1)
    assert (total, [issue.example_id for issue in found]) == (3, [2])
    assert sum(count for *_, count in pair_counts(db, tier, other)) == 3
    version = dataset.latest_version_id
    assert (counts(db, version, tier.scan_id).flagged, counts(db, version, tier.scan_id, "other").flagged) == (2, 3)


def test_a_scan_that_does_not_exist_is_named(db: Database) -> None:
    with pytest.raises(NotFoundError, match="Scan 'x'"):
        get_scan(db, "x")


def test_so_many_of_the_worst_rows_may_count_as_flagged_instead(db: Database, load: Load, scan: ScanOf) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4])
    worst = IssueFilter(worst=3)
    assert [issue.example_id for issue in page_issues(db, tier, worst, 9)] == [0, 1, 2]
    assert count_issues(db, tier, IssueFilter(worst=3, flagged_only=False)) == 5
    assert sum(count for *_, count in pair_counts(db, tier, worst)) == 3


def test_what_is_wrong_with_a_value_is_told_without_it_where_it_is_masked(
    db: Database, load: Load, scan: ScanOf
) -> None:
    texts = "text,label,customer_name,city\n" + "a,pos,Jane Miler,Bonn\nb,neg,Jane Miller,Bon\n"
    dataset = load(texts, attributes=("customer_name", "city"))
    made = scan(dataset, [0, 1], [1, 0], [0, 1])
    found = ["customer_name “Jane Miler” → “Jane Miller”", "city “Bon” → “Bonn”", "city “jo@firm.com” → “Bonn”"]
    with db.write() as cursor:
        cursor.execute("UPDATE issues SET why = ?", [json.dumps({"found": found})])
    assert page_issues(db, made, ALL, 1)[0].why["found"] == found
    db.masked = lambda: frozenset((dataset.dataset_id,))
    assert page_issues(db, made, ALL, 1)[0].why["found"] == [
        "customer_name [masked]",
        "city “Bon” → “Bonn”",
        "city “[email]” → “Bonn”",
    ]
