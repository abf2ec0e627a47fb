"""Which lists of issues a verdict settles: by what was judged, and in which list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.context import Context
from core.records import Dataset, Decision, IssueFilter, Scan
from core.review.many import Doing
from core.review.records import Act
from core.services.issues.listing import count, page, required_scan
from core.services.review import many
from core.services.review.among import OfScan
from core.services.review.decisions import make_version, record
from core.services.review.queue import claim
from core.store.acts.decisions import in_force
from core.store.acts.in_force import known_sql
from core.store.acts.judged import judged_by_rank
from core.store.acts.of_lists import ListCounts, listed_sql, of_lists
from core.store.versions import make_review_version
from tests.pages import issues_data as data


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> tuple[Dataset, Scan]:
    """40 flagged labels, rows 0 to 39; of them 3 and 13 are copies, and 0 to 4 outliers as well."""
    news = data.load(context, tmp_path)
    data.scan(context, tmp_path, news)
    data.also_near_duplicates(context, {0: (0, 3), 10: (10, 13)})
    data.also_outliers(context)
    with context.store.write() as cursor:
        cursor.execute("UPDATE issues SET is_issue = example_id < 5 WHERE issue_type = 'outlier'")
    return news, required_scan(context, news.latest_version_id, "news")


def said(context: Context, scan: Scan, row: int, action: str, issue_type: str | None, label: str | None = None) -> None:
    shown = {} if issue_type is None else {"list": issue_type}
    by = "bob" if issue_type == "outlier" else "ada"
    act = Act(f"{row}-{action}-{issue_type}", action, row, new_label=label, shown=shown)  # type: ignore[arg-type]
    assert not record(context, scan.version_id, by, [act]).refused


def left(context: Context, scan: Scan) -> dict[str, int]:
    return {kind: counts.left for kind, counts in of_lists(context.store, scan).items()}


def decision(context: Context, scan: Scan, row: int) -> Decision:
    return next(one for one in in_force(context.store, scan.version_id) if one.example_id == row)


@pytest.mark.parametrize(
    ("action", "issue_type", "label", "after"),
    [
        ("keep", "label", None, {"label": 39, "near_duplicate": 2, "outlier": 5}),
        ("keep", None, None, {"label": 39, "near_duplicate": 2, "outlier": 5}),
        ("relabel", "label", "tech", {"label": 39, "near_duplicate": 2, "outlier": 5}),
        ("keep", "outlier", None, {"label": 40, "near_duplicate": 2, "outlier": 4}),
        ("unsure", "near_duplicate", None, {"label": 40, "near_duplicate": 1, "outlier": 5}),
        ("relabel", "near_duplicate", "tech", {"label": 39, "near_duplicate": 1, "outlier": 5}),
        ("exclude", "near_duplicate", None, {"label": 39, "near_duplicate": 1, "outlier": 4}),
    ],
)
def test_a_verdict_settles_the_lists_that_ask_what_it_answers(
    context: Context,
    scanned: tuple[Dataset, Scan],
    action: str,
    issue_type: str | None,
    label: str | None,
    after: dict[str, int],
) -> None:
    _, scan = scanned
    said(context, scan, 3, action, issue_type, label)
    assert left(context, scan) == after
    for kind, counts in of_lists(context.store, scan).items():
        where = IssueFilter(kind, settled=False)
        assert count(context, scan, replace(where, undecided_only=True)) == counts.left
        assert count(context, scan, replace(where, decided_only=True)) == counts.decided
        listed = {line.issue.example_id: line for line in page(context, scan, where, 50, 0).lines}
        assert (listed[3].decision is not None) == bool(counts.decided)
        handed_out = claim(context, scan.version_id, scan.scan_id, f"ada:{kind}", IssueFilter(kind), 50)
        assert (3 in handed_out) == (not counts.decided)
        context.ledger.claims.release_all(f"ada:{kind}")


def test_what_is_kept_in_another_list_leaves_what_was_said_of_the_label(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "label", "tech")
    said(context, scan, 3, "keep", "outlier")  # by somebody else, who does not know of the first
    now = decision(context, scan, 3)
    assert (now.action, now.new_label, now.reviewer) == ("relabel", "tech", "bob")
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 4}
    undo = Act("undo", "undo", 3, undoes_key="3-keep-outlier")
    assert not record(context, scan.version_id, "bob", [undo]).refused
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 5}
    made = make_version(context, scan.version_id, "", "ada")
    changed = context.store.fetch("SELECT label FROM overrides WHERE version_id = ?", [made.version_id])
    assert changed == [("tech",)]


def test_a_row_that_is_kept_in_another_list_has_no_confirmed_label(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    said(context, scan, 0, "keep", "outlier")
    said(context, scan, 4, "keep", "label")
    known = context.store.fetch(f"SELECT * FROM {known_sql(context.store, scan.version_id)}")
    assert known == [(4,)]
    assert [(one.rank, one.action) for one in judged_by_rank(context.store, scan, "label")] == [(5, "keep")]
    said(context, scan, 0, "unsure", "label")
    said(context, scan, 0, "keep", "near_duplicate")
    assert decision(context, scan, 0).action == "unsure"  # of the label


def test_verdicts_of_earlier_releases_settle_every_list(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    _, scan = scanned
    said(context, scan, 3, "keep", "label")
    old = replace(decision(context, scan, 3), decision_id="old", client_key="old", example_id=0, shown={"score": 0.1})
    context.ledger.decisions.append([old])
    assert left(context, scan) == {"label": 38, "near_duplicate": 2, "outlier": 4}


def test_verdicts_settle_the_same_lists_in_later_versions(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    _, scan = scanned
    said(context, scan, 3, "keep", "outlier")
    said(context, scan, 4, "exclude", "label")
    made = make_review_version(context.store, scan.version_id, "", "ada")
    with context.store.write() as cursor:
        cursor.execute("UPDATE scans SET version_id = ?", [made.version_id])
    again = replace(scan, version_id=made.version_id)
    counts = of_lists(context.store, again)
    assert counts["outlier"].settled_before == 1 and counts["label"].settled_before == 0
    assert counts["label"] == ListCounts(40, 0, 40, 0)


def test_an_act_on_many_rows_of_a_list_settles_that_list(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    _, scan = scanned
    planned = many.plan(context, OfScan(scan, IssueFilter("outlier")), Doing("keep"), "ada")
    assert many.carry_out(context, planned, "ada", "outliers").rows == 5
    assert left(context, scan) == {"label": 40, "near_duplicate": 2, "outlier": 0}


def test_many_verdicts_are_held_against_many_rows_by_the_row(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    _, scan = scanned
    said(context, scan, 3, "keep", "outlier")
    context.store.newest_act()
    listed, parameters = listed_sql(context.store, scan)
    [(_, plan)] = context.store.fetch(f"EXPLAIN {listed}", parameters)
    assert "HASH_JOIN" in plan and "BLOCKWIS" not in plan  # a loop over all pairs takes minutes for 50,000 of each
