"""What counts as people's word on rows: neither what a change of classes did, nor one act on very many."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.context import Context
from core.records import ColumnFilter, Dataset, RowFilter, Scan
from core.review.many import Doing
from core.review.records import Act
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.issues.budget import budget_of
from core.services.issues.listing import required_scan
from core.services.profile.cleaning import CleaningByGroup, cleaning_by_group
from core.services.review.among import OfVersion
from core.services.review.decisions import as_decision, record
from core.services.review.many import carry_out, plan, take_back
from core.store.acts.decisions import counts, in_force, judged, reviewed_rows
from core.store.acts.in_force import known_sql
from core.store.acts.judged import judged_by_rank
from core.store.acts.since import Judged, since
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.record_lists import count_records
from core.store.record_lists.decisions import decided
from core.store.telling.health import LOOKED_AT, Counted, counted, pace
from core.store.telling.story import tally
from core.store.versions import get_version, make_review_version
from tests.pages import issues_data


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> tuple[Dataset, Scan]:
    news = issues_data.load(context, tmp_path)
    issues_data.scan(context, tmp_path, news)
    return news, required_scan(context, news.latest_version_id, "news")


def _flagged(context: Context, scan: Scan) -> list[int]:
    found = context.store.fetch(
        "SELECT example_id FROM issues WHERE scan_id = ? AND issue_type = 'label' AND is_issue ORDER BY rank",
        [scan.scan_id],
    )
    return [row for (row,) in found]


def test_a_change_of_classes_is_nobodys_verdict_and_leaves_what_was_said(
    context: Context, scanned: tuple[Dataset, Scan], tmp_path: Path
) -> None:
    news, scan = scanned
    rows = _flagged(context, scan)
    acts = [Act(f"k{row}", "keep", row) for row in rows[:4]]
    assert not record(context, scan.version_id, "ada", acts).refused
    before = judged_by_rank(context.store, scan, "label"), since(context.store, scan, 50)
    known = context.store.fetch(f"SELECT * FROM {known_sql(context.store, scan.version_id, decided=True)} ORDER BY 1")
    assert before[0] and before[1].after == Judged(4, 0)
    merge = ClassChange("merge", tuple(news.labels[1:]), news.labels[0])
    assert carry_out_change(context, plan_change(context, news, merge), "ada").rows > 20
    kept_before = {one.example_id: one.action for one in in_force(context.store, scan.version_id)}
    assert "relabel" in {kept_before[row] for row in rows[:4]}  # the label goes on from theirs
    assert (judged_by_rank(context.store, scan, "label"), since(context.store, scan, 50)) == before
    assert [(one.example_id, one.action) for one in judged(context.store, scan.version_id)] == [
        (row, "keep") for row in sorted(rows[:4])
    ]
    assert (
        context.store.fetch(f"SELECT * FROM {known_sql(context.store, scan.version_id, decided=True)} ORDER BY 1")
        == known
    )


def test_whatever_counts_verdicts_counts_no_change_of_classes(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    news, scan = scanned
    store, rows = context.store, _flagged(context, scan)
    acts = [Act(f"k{row}", "keep", row) for row in rows[:4]] + [Act("x", "exclude", rows[4])]
    assert not record(context, scan.version_id, "ada", acts).refused

    def told() -> tuple[object, ...]:
        by_person = {(one.version, one.reviewer, one.action, one.rows) for one in tally(store, news.dataset_id)}
        listed = count_records(store, decided(news, ()), [ColumnFilter("verdict", "=", ("true",))])
        steps = reviewed_rows(store, [scan.version_id])
        return by_person, listed, steps, counts(store, scan.version_id, scan.scan_id).verdicts

    def labels() -> Counted:
        return next(one for one in counted(store, scan) if one.issue_type == "label")

    before, health = told(), labels()
    assert before == ({(1, "ada", "keep", 4), (1, "ada", "exclude", 1)}, 5, 5, 5)
    assert (health.rows, health.decided, health.changed) == (len(rows), 5, 1)
    merge = ClassChange("merge", tuple(news.labels[1:]), news.labels[0])
    carry_out_change(context, plan_change(context, news, merge), "bob")
    assert told() == before and counts(store, scan.version_id, scan.scan_id).decided > 20
    left = len({*rows} - {one.example_id for one in in_force(store, scan.version_id)})
    assert (labels().rows, labels().decided, labels().changed) == (5 + left, 5, 1)


def test_a_later_version_counts_what_was_said_on_it(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    news, scan = scanned
    store, rows = context.store, _flagged(context, scan)
    assert not record(context, scan.version_id, "ada", [Act(f"k{row}", "keep", row) for row in rows[:4]]).refused
    version = make_review_version(store, scan.version_id, "", "ada")
    merge = ClassChange("merge", tuple(news.labels[1:]), news.labels[0])
    assert carry_out_change(context, plan_change(context, get_dataset(store, news.dataset_id), merge), "bob").rows > 20

    def told() -> tuple[int, int]:
        here = [ColumnFilter("verdict", "=", ("true",)), ColumnFilter("version", "=", (str(version.number),))]
        return counts(store, version.version_id, None).verdicts, count_records(store, decided(news, ()), here)

    assert told() == (0, 0), "these four were said of the version before"
    assert not record(context, version.version_id, "ada", [Act("later", "keep", rows[0])]).refused
    assert told() == (1, 1)


def test_a_group_is_relabelled_as_often_as_people_said_so_whatever_classes_became(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    news, scan = scanned
    version = get_version(context.store, scan.version_id)
    rows = _flagged(context, scan)
    acts = [Act(f"k{row}", "keep", row) for row in rows[:4]] + [Act(f"x{row}", "exclude", row) for row in rows[4:6]]
    assert not record(context, scan.version_id, "ada", acts).refused

    def rates() -> dict[str, list[int]]:
        found = cleaning_by_group(context, version, news.attributes[:1], timeout=None)
        assert isinstance(found, CleaningByGroup)
        return {name: [*rate.hits.tolist(), *rate.trials.tolist()] for name, rate in found.found.rates.items()}

    before = rates()
    assert sum(before["relabelled"][: len(before["relabelled"]) // 2]) == 0
    merge = ClassChange("merge", tuple(news.labels[1:]), news.labels[0])
    carry_out_change(context, plan_change(context, news, merge), "ada")
    assert "relabel" in {one.action for one in in_force(context.store, scan.version_id)}
    assert rates() == before


def test_the_precision_of_a_list_is_of_its_flagged_rows_that_were_judged_one_by_one(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    flagged = _flagged(context, scan)
    others = [row for row in range(60) if row not in flagged][:5]
    act = new_id()
    acts = [
        Act("one", "keep", flagged[0]),
        Act("out", "exclude", flagged[1]),
        *(Act(f"{act}:{row}", "keep", row) for row in flagged[2:5]),
        *(Act(f"other{row}", "keep", row) for row in others),
    ]
    assert not record(context, scan.version_id, "ada", acts).refused
    found = since(context.store, scan, 50, scan.scan_id)
    assert (found.learnable, found.after, found.before) == (10, Judged(1, 0), Judged(0, 0))
    older = replace(scan, created_at=datetime.now(UTC) + timedelta(hours=1))
    found = since(context.store, older, 50, scan.scan_id)
    assert (found.learnable, found.after, found.before) == (0, Judged(0, 0), Judged(1, 0))
    assert since(context.store, older, 50).before == Judged(0, 0)


def test_one_act_on_many_rows_does_not_hide_the_pace(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    news, scan = scanned
    version, start = get_version(context.store, scan.version_id), datetime.now(UTC)
    single = [
        replace(as_decision(Act(f"s{row}", "keep", row), version, "ada"), decided_at=start + timedelta(seconds=4 * row))
        for row in range(10)
    ]
    context.ledger.decisions.append(single)
    told = pace(context.store, news.dataset_id)
    assert told is not None and (told.seconds, told.verdicts) == (pytest.approx(4), 9)
    act = new_id()
    many = [as_decision(Act(f"{act}:{place}", "keep", place % 60), version, "ada") for place in range(LOOKED_AT + 1)]
    filed = [as_decision(Act(f"f{place}", "keep", place % 60), version, "bob") for place in range(LOOKED_AT + 1)]
    at_once = [replace(one, decided_at=start) for one in (*many, *filed)]  # however long it takes to write them here
    context.ledger.decisions.append(at_once)
    assert pace(context.store, news.dataset_id) == told


def test_what_was_said_before_the_scan_or_of_many_rows_is_done_with_and_no_sample_of_its_list(
    context: Context, scanned: tuple[Dataset, Scan], tmp_path: Path
) -> None:
    news, scan = scanned

    def told(of: Scan) -> tuple[int, int, int, float]:
        budget = budget_of(context, of, "label", 20, 10)
        assert budget is not None
        return budget.judged, budget.found, budget.unseen, budget.following.found.estimate

    _, _, every, expected = told(scan)
    among = OfVersion(scan.version_id, RowFilter(label="sport"))
    many = carry_out(context, plan(context, among, Doing("keep"), "ada"), "ada", "sport")
    assert told(scan)[:3] == (0, 0, every - many.rows)
    take_back(context, many.act.act_id, "ada")
    flagged = _flagged(context, scan)[:5]
    record(context, scan.version_id, "ada", [Act(f"k{row}", "relabel", row, "tech") for row in flagged])
    assert told(scan)[:3] == (5, 4, every - 5), "one of them was tech before"
    issues_data.scan(context, tmp_path, news, job_id="20270101-000000-scan-aaaaaa")
    later = required_scan(context, scan.version_id, "news")
    assert later.scan_id != scan.scan_id
    assert told(later) == (0, 0, every - 5, pytest.approx(expected, abs=4))
    record(context, scan.version_id, "ada", [Act("now", "keep", _flagged(context, scan)[6])])
    assert told(later)[:3] == (1, 0, every - 6)
