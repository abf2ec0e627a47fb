"""One act on many rows: what it would do, what it does, and that it is taken back whole and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import ColumnFilter, Dataset, IssueFilter, PredictionFilter, RowFilter, Scan
from core.review.many import Doing
from core.review.records import Act
from core.services.classes.adding import add_class, forget_class
from core.services.datasets import delete, restore
from core.services.review import many, writing
from core.services.review.among import OfRun, OfScan, OfVersion
from core.services.review.decisions import record
from core.services.review.log import acts_on_many, log, log_lines
from core.services.review.many import Change, carry_out, plan, take_back
from core.services.review.selection import together
from core.store.acts import decisions
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.record_lists import page_records
from core.store.record_lists.decisions import decided
from core.store.versions import get_version
from tests import crops
from tests.integration.load_support import loaded
from tests.pages.issues_data import load, scan
from tests.runs import finished_run

ALL = RowFilter()


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> Scan:
    return scan(context, tmp_path, load(context, tmp_path))


@pytest.fixture
def reports(context: Context, tmp_path: Path) -> Scan:
    return crops.scan(context, tmp_path, crops.load(context, tmp_path))


def in_force(context: Context, version_id: str) -> dict[int, tuple[str, str | None]]:
    return {one.example_id: (one.action, one.new_label) for one in decisions.in_force(context.store, version_id)}


def test_a_plan_counts_by_label_what_would_change_and_changes_nothing(context: Context, scanned: Scan) -> None:
    planned = plan(context, OfVersion(scanned.version_id, ALL), Doing("relabel", "tech"), "ada")
    assert planned.changes == (Change("business", "tech", 30), Change("sport", "tech", 30))
    assert (planned.matching, planned.rows, planned.nothing, planned.decided) == (90, 60, 30, 0)
    assert [(row.example_id, row.label, after) for row, after in planned.first] == [
        (0, "business", "tech"),
        (1, "sport", "tech"),
        (3, "business", "tech"),
        (4, "sport", "tech"),
        (6, "business", "tech"),
    ]
    assert in_force(context, scanned.version_id) == {}


def test_rows_that_a_run_predicts_are_narrowed_by_any_column(context: Context, scanned: Scan) -> None:
    dataset = get_dataset(context.store, "news")
    found = np.full((90, 3), 0.1, np.float32)
    found[:, 1] = 0.8
    run = finished_run(context, dataset, found, ["test"] * 90)
    words = RowFilter(columns=(ColumnFilter("example_id", "<=", ("9",)),))
    where = PredictionFilter("test", rows=words, columns=(ColumnFilter("label", "=", ("business",)),))
    planned = plan(context, OfRun(run, where, "version", scanned.version_id), Doing("suggestion"), "ada")
    assert planned.changes == (Change("business", "sport", 4),)  # rows 0, 3, 6 and 9


def test_the_rows_of_a_filter_get_the_label_that_is_suggested_for_each(context: Context, scanned: Scan) -> None:
    among = OfScan(scanned, IssueFilter(given_label="business"))
    planned = plan(context, among, Doing("suggestion"), "ada")
    assert planned.changes == (Change("business", "sport", 14),)
    done = carry_out(context, planned, "ada", "given business")
    assert (done.rows, done.left_alone) == (14, 0)
    assert in_force(context, scanned.version_id) == dict.fromkeys(range(0, 40, 3), ("relabel", "sport"))
    made = decisions.decision_of(context.store, scanned.version_id, [3])[3]
    assert made.scan_id == scanned.scan_id
    assert made.shown == {
        "given_label": "business",
        "suggested_label": "sport",
        "score": round(3.5 / 90, 6),
        "tier": scanned.tier,
        "list": "label",
        "settles": ["label", "unlabelled", "ambiguous"],
    }


def test_rows_of_a_list_that_somebody_has_decided_are_left_alone_unless_they_are_asked_for(
    context: Context, scanned: Scan
) -> None:
    version_id = scanned.version_id
    record(context, version_id, "bob", [Act(new_id(), "keep", 0), Act(new_id(), "keep", 3)])
    record(context, version_id, "ada", [Act(new_id(), "keep", 6)])
    among = OfScan(scanned, IssueFilter(given_label="business"))
    planned = plan(context, among, Doing("exclude"), "ada")
    assert (planned.matching, planned.decided, planned.by_others, planned.rows) == (14, 3, 2, 11)
    assert planned.changes == (Change("business", None, 11),)
    assert [row.example_id for row, _ in planned.first] == [9, 12, 15, 18, 21]
    carry_out(context, planned, "ada", "")
    assert in_force(context, version_id)[0] == ("keep", None)
    all_of_them = plan(context, among, Doing("unsure"), "ada", also_decided=True)
    assert (all_of_them.rows, carry_out(context, all_of_them, "ada", "").rows) == (14, 14)
    assert in_force(context, version_id)[0] == ("unsure", None)


def test_what_somebody_decides_after_the_plan_is_left_alone(context: Context, scanned: Scan) -> None:
    version_id = scanned.version_id
    among = OfVersion(version_id, RowFilter(example_ids=(1, 2, 4)))
    for also in (False, True):
        planned = plan(context, among, Doing("exclude"), "ada", also_decided=also)
        record(context, version_id, "bob", [Act(new_id(), "unsure", 2, instead_of=None)])
        done = carry_out(context, planned, "ada", "", act_id := new_id())
        assert (done.rows, done.left_alone) == (2, 1)
        again = carry_out(context, planned, "ada", "", act_id)
        assert (again.rows, again.left_alone) == (2, 1), "what it has decided itself is not somebody's"
        back = take_back(context, act_id, "ada")
        assert (back.rows, back.left_alone) == (2, 0)
        assert in_force(context, version_id)[2] == ("unsure", None)
        record(context, version_id, "bob", [Act(new_id(), "undo", 2)])


def test_an_act_is_taken_back_whole_and_nothing_else_is(context: Context, scanned: Scan) -> None:
    version_id = scanned.version_id
    record(context, version_id, "ada", [Act(new_id(), "keep", 80)])
    planned = plan(context, OfVersion(version_id, RowFilter(label="sport")), Doing("exclude"), "ada")
    done = carry_out(context, planned, "ada", "")
    back = take_back(context, done.act.act_id, "ada")
    assert (done.rows, back.rows) == (30, 30)
    assert in_force(context, version_id) == {80: ("keep", None)}
    with pytest.raises(UsageError, match="taken back already"):
        take_back(context, done.act.act_id, "ada")
    assert in_force(context, version_id) == {80: ("keep", None)}


def test_rows_that_were_taken_back_one_by_one_are_told_apart_when_the_rest_is(context: Context, scanned: Scan) -> None:
    version_id = scanned.version_id
    planned = plan(context, OfVersion(version_id, RowFilter(example_ids=(1, 2, 4))), Doing("exclude"), "ada")
    act_id = carry_out(context, planned, "ada", "").act.act_id
    record(context, version_id, "ada", [Act(new_id(), "undo", 2, undoes_key=f"{act_id}:2")])
    back = take_back(context, act_id, "ada", undo_id := new_id())
    assert (back.rows, back.left_alone) == (2, 1)
    assert take_back(context, act_id, "ada", undo_id).rows == 2, "asked for again, it says the same"
    assert in_force(context, version_id) == {}


def test_what_somebody_decides_while_an_act_is_written_is_left_alone(
    context: Context, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "BLOCK", 10)
    version_id = scanned.version_id
    planned = plan(context, OfVersion(version_id, RowFilter(label="sport")), Doing("exclude"), "ada")

    def meanwhile(done: float, total: float | None) -> None:
        if done == 10:
            record(context, version_id, "bob", [Act(new_id(), "keep", 88), Act(new_id(), "keep", 0)])

    done = carry_out(context, planned, "ada", "", report=meanwhile)
    assert (done.rows, done.left_alone) == (29, 1)
    assert in_force(context, version_id)[88] == ("keep", None)


def test_a_class_that_goes_meanwhile_is_given_to_no_row(context: Context, scanned: Scan) -> None:
    dataset = get_dataset(context.store, "news")
    add_class(context, dataset, "extra")
    planned = plan(context, OfVersion(scanned.version_id, ALL), Doing("relabel", "extra"), "ada")
    forget_class(context, dataset.dataset_id, "extra")
    with pytest.raises(UsageError, match="extra"):
        carry_out(context, planned, "ada", "")
    assert in_force(context, scanned.version_id) == {}


def test_others_see_an_act_that_a_process_has_written_as_the_ledger_has_it(context: Context, scanned: Scan) -> None:
    planned = plan(context, OfVersion(scanned.version_id, ALL), Doing("relabel", "tech"), "ada")
    done = carry_out(context, planned, "ada", "")
    seen = context.store.fetch("SELECT * FROM acts.decisions ORDER BY seq")
    assert [row[0] for row in seen] == list(range(1, 61))
    kept = context.ledger.decisions.since(0).to_pylist()
    assert seen == [tuple(one.values()) for one in kept]
    take_back(context, done.act.act_id, "ada")
    assert context.store.newest_act() == context.ledger.decisions.newest() == 120
    assert in_force(context, scanned.version_id) == {}


def test_an_act_on_a_dataset_in_the_trash_stays_until_it_is_restored(
    context: Context, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = plan(context, OfVersion(scanned.version_id, RowFilter(label="sport")), Doing("exclude"), "ada")
    act_id = carry_out(context, planned, "ada", "").act.act_id
    delete(context, scanned.dataset_id)
    with pytest.raises(UsageError, match="trash"):
        take_back(context, act_id, "ada")
    assert len(in_force(context, scanned.version_id)) == 30
    restore(context, scanned.dataset_id)
    monkeypatch.setattr(writing, "BLOCK", 10)

    def meanwhile(done: float, total: float | None) -> None:
        if done == 10:
            delete(context, scanned.dataset_id)

    with pytest.raises(UsageError, match="trash"):
        take_back(context, act_id, "ada", report=meanwhile)
    assert len(in_force(context, scanned.version_id)) == 20


def test_an_undo_that_stopped_half_way_is_gone_on_with(
    context: Context, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BLOCK", 10)
    planned = plan(context, OfVersion(scanned.version_id, RowFilter(label="sport")), Doing("exclude"), "ada")
    act_id = carry_out(context, planned, "ada", "").act.act_id

    def killed(done: float, total: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_back(context, act_id, "ada", "first", killed)
    _, (undo, act) = many.acts(context, scanned.dataset_id, 10)
    assert (undo.act_id, undo.rows, act.undone_by, act.taken_back) == ("first", 10, "first", False)
    done = take_back(context, act_id, "ada", "second")
    assert (done.act.act_id, done.rows, done.left_alone) == ("first", 30, 0)
    assert in_force(context, scanned.version_id) == {}
    _, (undo, act) = many.acts(context, scanned.dataset_id, 10)
    assert (undo.rows, act.taken_back) == (30, True)
    with pytest.raises(UsageError, match="taken back already"):
        take_back(context, act_id, "ada")


def test_nobody_takes_back_what_somebody_else_did(context: Context, scanned: Scan) -> None:
    done = carry_out(context, plan(context, OfVersion(scanned.version_id, ALL), Doing("exclude"), "ada"), "ada", "")
    with pytest.raises(UsageError, match="by ada: only they"):
        take_back(context, done.act.act_id, "bob")
    with pytest.raises(NotFoundError):
        take_back(context, new_id(), "ada")


def test_an_act_is_one_line_with_its_rows(context: Context, scanned: Scan) -> None:
    among = OfVersion(scanned.version_id, RowFilter(label="sport"))
    done = carry_out(context, plan(context, among, Doing("relabel", "tech"), "ada"), "ada", "label: sport")
    total, (listed,) = many.acts(context, scanned.dataset_id, 10)
    assert (total, listed.act_id, listed.action, listed.label) == (1, done.act.act_id, "relabel", "tech")
    assert (listed.among, listed.reviewer, listed.rows) == ("label: sport", "ada", 30)
    rows = many.rows_of_act(context, listed, 2, 1)
    assert [(one.example_id, example.text) for one, example in rows] == [
        (4, "Story 4 about sport"),
        (7, "Story 7 about sport"),
    ]


def test_an_act_that_broke_off_goes_on_where_it_stopped(context: Context, scanned: Scan) -> None:
    planned = plan(context, OfVersion(scanned.version_id, ALL), Doing("exclude"), "ada")

    def full(done: float, total: float | None) -> None:
        raise OSError("No space left on device")

    act_id = new_id()
    with pytest.raises(OSError, match="No space"):
        carry_out(context, planned, "ada", "", act_id, full)
    written = len(in_force(context, scanned.version_id))
    carry_out(context, planned, "ada", "", act_id)
    assert 0 < written <= 90
    assert len(in_force(context, scanned.version_id)) == 90
    assert context.ledger.decisions.count(scanned.dataset_id) == 90


def test_classes_are_added_to_labels_of_several_and_taken_out(context: Context, reports: Scan) -> None:
    of_grain = OfVersion(reports.version_id, RowFilter(label="grain"))
    planned = plan(context, of_grain, Doing("add", "zinc"), "ada")
    assert {(one.before, one.after) for one in planned.changes} == {
        ('["grain","wheat"]', '["grain","wheat","zinc"]'),
        ('["corn","grain"]', '["corn","grain","zinc"]'),
        ('["barley","grain"]', '["barley","grain","zinc"]'),
    }
    removed = plan(context, of_grain, Doing("remove", "grain"), "ada")
    assert ('["corn","grain"]', '["corn"]') in {(one.before, one.after) for one in removed.changes}
    carry_out(context, removed, "ada", "")
    assert in_force(context, reports.version_id)[0] == ("relabel", '["wheat"]')
    taken = plan(context, OfScan(reports, IssueFilter(added="corn")), Doing("suggestion"), "ada", also_decided=True)
    assert [(one.before, one.after) for one in taken.changes] == [('["grain","wheat"]', '["corn","grain"]')]


def test_what_makes_no_sense_is_refused(context: Context, scanned: Scan) -> None:
    among = OfVersion(scanned.version_id, ALL)
    for doing, said in (
        (Doing("relabel", "ships"), "ships"),
        (Doing("relabel"), "needs a label"),
        (Doing("add", "tech"), "several classes"),
        (Doing("undo"), "nothing that can be done"),
    ):
        with pytest.raises(UsageError, match=said):
            plan(context, among, doing, "ada")
    nothing = plan(context, OfVersion(scanned.version_id, RowFilter(label="tech")), Doing("relabel", "tech"), "ada")
    assert (nothing.rows, nothing.nothing) == (0, 30)
    with pytest.raises(UsageError, match="No row would be changed"):
        carry_out(context, nothing, "ada", "")


def test_more_rows_than_one_act_takes_are_refused(
    context: Context, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "MAX_ROWS", 10)
    planned = plan(context, OfVersion(scanned.version_id, ALL), Doing("exclude"), "ada")
    with pytest.raises(UsageError, match="90 rows are more than one act takes"):
        carry_out(context, planned, "ada", "")


def test_thousands_of_rows_are_decided_and_taken_back_block_by_block(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "BLOCK", 1_000)
    monkeypatch.setattr(writing, "BLOCK", 1_000)
    file = tmp_path / "large.csv"
    file.write_text("text,label\n" + "".join(f"text {row},{'xyz'[row % 3]}\n" for row in range(4_500)))
    dataset: Dataset = loaded(context, file, name="large")
    version_id = get_version(context.store, get_dataset(context.store, dataset.name).latest_version_id).version_id
    planned = plan(context, OfVersion(version_id, ALL), Doing("relabel", "x"), "ada")
    seen: list[float] = []
    done = carry_out(context, planned, "ada", "all rows", report=lambda so_far, total: seen.append(so_far))
    assert done.rows == 3_000
    assert seen == [1000.0 * step for step in range(1, 4)]
    assert take_back(context, done.act.act_id, "ada").rows == 3_000
    assert in_force(context, version_id) == {}


def test_the_log_has_an_act_on_many_rows_once_and_all_of_its_rows_where_they_are_asked_for(
    context: Context, scanned: Scan
) -> None:
    record(context, scanned.version_id, "ada", [Act(new_id(), "keep", 80)])
    among = OfVersion(scanned.version_id, RowFilter(label="sport"))
    carry_out(context, plan(context, among, Doing("exclude"), "ada"), "ada", "label: sport")
    records = decided(get_dataset(context.store, scanned.dataset_id), acts_on_many(context, scanned.dataset_id))
    listed = page_records(context.store, records, (), records.usual, 10)
    lines = log_lines(context, scanned.dataset_id, [one["decision_id"] for one in listed])
    assert [(line.decision.example_id, line.of_many.rows if line.of_many else None) for line in lines] == [
        (1, 30),
        (80, None),
    ]
    assert log(context, scanned.dataset_id, limit=100).total == 31


def test_a_selection_that_the_browser_sends_is_one_act_and_so_is_its_undo(context: Context, scanned: Scan) -> None:
    version, act_id, undo_id = get_version(context.store, scanned.version_id), new_id(), new_id()
    acts = [Act(f"{act_id}:{row}", "relabel", row, "tech") for row in (0, 1)]
    for _ in range(2):  # a browser sends until it is answered
        together(context, version, "ada", acts, "All rows")
        record(context, version.version_id, "ada", acts)
    undos = [Act(f"{undo_id}:{row}", "undo", row, undoes_key=f"{act_id}:{row}") for row in (0, 1)]
    together(context, version, "ada", undos, "All rows")
    record(context, version.version_id, "ada", undos)
    assert in_force(context, version.version_id) == {}
    found = context.ledger.bulk.page(scanned.dataset_id, limit=10)
    assert [(one.action, one.label, one.rows, one.undoes) for one in found] == [
        ("undo", None, 2, act_id),
        ("relabel", "tech", 2, None),
    ]
