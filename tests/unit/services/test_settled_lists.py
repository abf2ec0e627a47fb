"""Which lists of issues a verdict settles: by what was judged, and in which list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import Action, Dataset, Decision, IssueFilter, RowFilter, Scan
from core.review.many import Doing
from core.review.records import Act
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.issues.listing import count, page, required_scan
from core.services.review import many
from core.services.review.among import OfScan
from core.services.review.decisions import make_version, record
from core.services.review.file import decide_file
from core.services.review.log import log
from core.services.review.queue import claim
from core.store.acts.decisions import decided_in_list, in_force
from core.store.acts.in_force import decided_sql, known_sql
from core.store.acts.judged import judged_by_rank
from core.store.acts.mirror import ACTS
from core.store.acts.of_classes import decisions_giving
from core.store.acts.of_lists import ListCounts, listed_sql, of_lists
from core.store.record_lists.decisions import decided
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


@pytest.mark.parametrize("action", ["keep", "unsure"])
def test_what_is_said_in_another_list_leaves_what_was_said_of_the_label(
    context: Context, scanned: tuple[Dataset, Scan], action: str
) -> None:
    news, scan = scanned
    said(context, scan, 3, "relabel", "label", "tech")
    said(context, scan, 3, action, "outlier")  # by somebody else, who does not know of the first
    now = decision(context, scan, 3)
    assert (now.action, now.new_label, now.reviewer) == ("relabel", "tech", "ada")
    assert decided_in_list(context.store, scan.version_id, "outlier", [3])[3].action == action
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 4}
    page = log(context, scan.dataset_id, limit=5)
    assert [(one.decision.reviewer, one.counts) for one in page.lines] == [("bob", True), ("ada", True)]
    with context.store.cursor() as cursor:
        listed = decided(news, ())
        found = cursor.execute(f"SELECT in_force, verdict FROM ({listed.sql})", listed.parameters).fetchall()
    assert found == [(True, True), (True, True)]
    undo = Act("undo", "undo", 3, undoes_key=f"3-{action}-outlier")
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


def test_a_file_of_decisions_says_in_which_list_they_were_made(
    context: Context, scanned: tuple[Dataset, Scan], tmp_path: Path
) -> None:
    _, scan = scanned
    file = tmp_path / "decisions.csv"
    file.write_text(
        "example_id,action,label,list\n3,relabel,tech,\n3,keep,,outlier\n4,unsure,,near_duplicate\n0,keep,,\n"
    )
    assert decide_file(context, "news", file, "ada").written == 4
    assert left(context, scan) == {"label": 38, "near_duplicate": 2, "outlier": 4}
    now = decision(context, scan, 3)
    assert (now.action, now.new_label) == ("relabel", "tech")
    again = decide_file(context, "news", file, "bob")
    assert (again.written, again.unchanged, again.overruled) == (0, 4, 0)
    lines = tmp_path / "decisions.jsonl"
    lines.write_text('{"example_id": 3, "action": "keep", "list": "outliers"}')
    with pytest.raises(UsageError, match=r"Line 1: there is no list 'outliers'\. Use one of label, "):
        decide_file(context, "news", lines, "ada")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (("3,keep,,label", "3,relabel,tech,"), True),
        (("3,keep,,unlabelled", "3,relabel,tech,ambiguous"), True),
        (("3,relabel,tech,outlier", "3,relabel,sport,"), True),
        (("3,exclude,,outlier", "3,keep,,"), True),
        (("3,keep,,outlier", "3,unsure,,outlier"), True),
        (("3,keep,,outlier", "3,exclude,,"), True),
        (("3,keep,,outlier", "3,unsure,,near_duplicate"), False),
        (("3,keep,,outlier", "3,relabel,tech,"), False),
        (("3,ask,,", "3,keep,,outlier"), False),
    ],
)
def test_lines_of_a_file_contradict_each_other_where_they_are_about_the_same(
    context: Context, scanned: tuple[Dataset, Scan], tmp_path: Path, lines: tuple[str, ...], wrong: bool
) -> None:
    for turn in (lines, lines[::-1]):
        file = tmp_path / "decisions.csv"
        file.write_text("\n".join(["example_id,action,label,list,note", *(f"{line},why" for line in turn)]))
        if wrong:
            with pytest.raises(UsageError, match="Line 3 says another thing of row 3 than line 2"):
                decide_file(context, "news", file, "ada")
        else:
            decide_file(context, "news", file, "ada")
            assert decide_file(context, "news", file, "ada").unchanged == sum("ask" not in line for line in turn)


def test_a_label_that_is_named_in_another_list_is_said_of_the_label(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "label", "tech")
    act = Act("back", "relabel", 3, new_label="business", shown={"list": "outlier"})
    assert not record(context, scan.version_id, "ada", [act]).refused
    assert decision(context, scan, 3).action == "keep"


@pytest.mark.parametrize(("action", "label"), [("relabel", "sport"), ("exclude", None)])
def test_a_label_is_not_replaced_from_another_list_by_who_has_not_seen_it(
    context: Context, scanned: tuple[Dataset, Scan], action: Action, label: str | None
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "label", "tech")
    shown = {"list": "outlier"}
    act = Act("unseen", action, 3, new_label=label, shown=shown, instead_of=())
    [refusal] = record(context, scan.version_id, "bob", [act]).refused
    assert "ada has already decided row 3: changed to tech" in refusal.message
    assert refusal.decision == decision(context, scan, 3)
    seen = replace(act, client_key="seen", instead_of=(refusal.decision.decision_id,))
    assert not record(context, scan.version_id, "bob", [seen]).refused
    assert decision(context, scan, 3).action == action
    own = Act("own", "relabel", 3, new_label="tech", shown=shown, instead_of=(decision(context, scan, 3).decision_id,))
    assert not record(context, scan.version_id, "bob", [own]).refused
    kept = Act("kept", "keep", 3, shown={"list": "near_duplicate"}, instead_of=())
    assert not record(context, scan.version_id, "cleo", [kept]).refused


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


@pytest.mark.parametrize("action", ["keep", "unsure"])
def test_an_act_on_many_rows_of_another_list_leaves_what_was_said_of_labels(
    context: Context, scanned: tuple[Dataset, Scan], action: str
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "label", "tech")
    said(context, scan, 4, "keep", "outlier")
    outliers = OfScan(scan, IssueFilter("outlier"))
    planned = many.plan(context, outliers, Doing(action), "cleo")  # type: ignore[arg-type]
    assert (planned.matching, planned.decided, planned.rows) == (5, 1, 4)
    act_id = many.carry_out(context, planned, "cleo", "outliers").act.act_id
    now = decision(context, scan, 3)
    assert (now.action, now.new_label, now.reviewer) == ("relabel", "tech", "ada")
    found = decided_in_list(context.store, scan.version_id, "outlier", range(5), here=True)
    assert {row: (one.action, one.reviewer) for row, one in found.items()} == {
        row: ("keep", "bob") if row == 4 else (action, "cleo") for row in range(5)
    }
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 0}
    assert [(one.action, one.evidence) for one in judged_by_rank(context.store, scan, "label")] == [("relabel", True)]
    many.take_back(context, act_id, "cleo")
    assert decision(context, scan, 3).reviewer == "ada"
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 4}


@pytest.mark.parametrize("how", ["alone", "many", "file"])
def test_verdicts_on_a_label_and_in_another_list_are_taken_back_each_by_itself(
    context: Context, scanned: tuple[Dataset, Scan], tmp_path: Path, how: str
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "label", "tech")
    if how == "alone":
        said(context, scan, 3, "keep", "outlier")
    elif how == "many":
        among = OfScan(scan, IssueFilter("outlier", rows=RowFilter(example_ids=(3,))))
        many.carry_out(context, many.plan(context, among, Doing("keep"), "bob"), "bob", "outliers")
    else:
        (tmp_path / "kept.csv").write_text("example_id,action,list\n3,keep,outlier\n")
        assert decide_file(context, "news", tmp_path / "kept.csv", "bob").written == 1
        assert decide_file(context, "news", tmp_path / "kept.csv", "bob").unchanged == 1
    undo = Act("undo", "undo", 3, undoes_key="3-relabel-label")
    assert not record(context, scan.version_id, "ada", [undo]).refused
    assert in_force(context.store, scan.version_id) == []
    assert left(context, scan) == {"label": 40, "near_duplicate": 2, "outlier": 4}
    assert decisions_giving(context.store, scan.dataset_id, "tech") == 0
    newest = Act("newest", "undo", None)
    assert not record(context, scan.version_id, "bob", [newest]).refused
    assert left(context, scan) == {"label": 40, "near_duplicate": 2, "outlier": 5}


def test_what_is_asked_again_in_another_list_is_asked_there_alone(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "outlier", "tech")
    said(context, scan, 4, "keep", "outlier")
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 3}
    for row in (3, 4):
        said(context, scan, row, "ask", "outlier")
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 5}
    assert decision(context, scan, 3).new_label == "tech"
    acts = [Act(f"{row}-again", "keep", row, shown={"list": "outlier"}) for row in (3, 4)]
    assert not record(context, scan.version_id, "bob", acts).refused
    assert left(context, scan) == {"label": 39, "near_duplicate": 2, "outlier": 3}


def test_a_row_that_is_left_out_comes_back_once_it_is_kept_anywhere(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    said(context, scan, 3, "exclude", "near_duplicate")
    assert left(context, scan) == {"label": 39, "near_duplicate": 1, "outlier": 4}
    seen = (decision(context, scan, 3).decision_id,)
    act = Act("back", "keep", 3, shown={"list": "outlier"}, instead_of=seen)
    assert not record(context, scan.version_id, "bob", [act]).refused
    assert decision(context, scan, 3).action == "keep"
    assert left(context, scan) == {"label": 40, "near_duplicate": 2, "outlier": 4}


@pytest.mark.parametrize("action", ["keep", "unsure"])
def test_what_is_said_in_another_list_on_a_later_version_is_no_word_on_the_label(
    context: Context, scanned: tuple[Dataset, Scan], action: str
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "label", "tech")
    said(context, scan, 4, "keep", "label")
    said(context, scan, 2, "unsure", "outlier")
    said(context, scan, 1, "keep", "outlier")
    again = later(context, scan)
    assert left(context, again) == {"label": 38, "near_duplicate": 2, "outlier": 4}  # who was unsure is asked again
    for row in (3, 4):
        said(context, again, row, action, "outlier")
    assert left(context, again) == {"label": 38, "near_duplicate": 2, "outlier": 2}
    assert judged_by_rank(context.store, again, "label") == []
    known = context.store.fetch(f"SELECT * FROM {known_sql(context.store, again.version_id)} ORDER BY 1")
    assert known == [(3,), (4,)]


def test_a_verdict_on_a_label_stands_through_a_change_of_classes_and_another_list(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    news, scan = scanned
    said(context, scan, 1, "keep", "outlier")
    said(context, scan, 4, "keep", "label")
    before = left(context, scan)
    done = carry_out_change(context, plan_change(context, news, ClassChange("rename", ("sport",), "games")), "ada")
    assert done.rows and left(context, scan)["outlier"] <= before["outlier"]
    acts = [Act(f"{row}-kept", "keep", row, shown={"list": "outlier"}) for row in (2, 4)]
    assert not record(context, scan.version_id, "ada", acts).refused
    assert (4,) in context.store.fetch(f"SELECT * FROM {decided_sql(context.store, scan.version_id)}")
    settled = decided_in_list(context.store, scan.version_id, "outlier", range(5), here=True)
    assert {1, 2, 4} <= {row for row, one in settled.items() if one.action == "keep"}


def later(context: Context, scan: Scan) -> Scan:
    """The scan as that of the next version."""
    made = make_version(context, scan.version_id, "", "ada")
    with context.store.write() as cursor:
        cursor.execute("UPDATE scans SET version_id = ?", [made.version_id])
    return replace(scan, version_id=made.version_id)


def test_a_label_that_is_given_in_another_list_goes_on_settling_that(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    news, scan = scanned
    since: tuple[tuple[int, Action, str | None], ...] = ((3, "relabel", "sport"), (4, "ask", None))
    for row, action, label in since:
        said(context, scan, row, "ask", "outlier")
        said(context, scan, row, "relabel", "outlier", "tech")
        act = Act(f"{row}-since", action, row, new_label=label, shown={"list": "label"})
        assert not record(context, scan.version_id, "bob", [act]).refused
    assert left(context, scan)["outlier"] == 3
    assert decision(context, scan, 3).new_label == "sport"
    said(context, scan, 2, "relabel", "outlier", "business")
    carry_out_change(context, plan_change(context, news, ClassChange("rename", ("business",), "trade")), "ada")
    assert {2, 3, 4} == set(decided_in_list(context.store, scan.version_id, "outlier", (2, 3, 4)))
    assert decided_in_list(context.store, scan.version_id, "outlier", [2])[2].action == "relabel"
    again = later(context, scan)
    assert {2, 3, 4} == set(decided_in_list(context.store, again.version_id, "outlier", (2, 3, 4)))


def test_the_newest_word_in_a_list_is_that_of_the_version_and_unsure_of_before_asks_again(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    said(context, scan, 3, "relabel", "outlier", "tech")
    said(context, scan, 3, "unsure", "outlier")
    said(context, scan, 4, "keep", "label")
    again = later(context, scan)
    assert left(context, again)["outlier"] == 5
    assert decided_in_list(context.store, again.version_id, "outlier", [3]) == {}
    assert decided_in_list(context.store, again.version_id, "outlier", [3], unsure=True)[3].action == "unsure"
    said(context, again, 4, "keep", "outlier")
    assert not record(context, scan.version_id, "bob", [Act("v1", "unsure", 4, shown={"list": "outlier"})]).refused
    assert left(context, again)["outlier"] == 4
    assert log(context, scan.dataset_id, limit=2).lines[1].counts


@pytest.mark.parametrize("how", ["alone", "many", "file"])
def test_what_follows_a_verdict_of_an_earlier_release_settles_every_list_too(
    context: Context, scanned: tuple[Dataset, Scan], tmp_path: Path, how: str
) -> None:
    _, scan = scanned
    said(context, scan, 3, "keep", "label")
    old = replace(decision(context, scan, 3), decision_id="old", client_key="old", example_id=4, shown={"score": 0.1})
    context.ledger.decisions.append([old])
    assert left(context, scan) == {"label": 38, "near_duplicate": 2, "outlier": 4}
    if how == "alone":
        said(context, scan, 4, "relabel", "label", "tech")
    elif how == "many":
        among = OfScan(scan, IssueFilter("label", rows=RowFilter(example_ids=(4,))))
        planned = many.plan(context, among, Doing("relabel", "tech"), "ada", also_decided=True)
        many.carry_out(context, planned, "ada", "")
    else:
        (tmp_path / "d.csv").write_text("example_id,action,label\n4,relabel,tech\n")
        decide_file(context, "news", tmp_path / "d.csv", "ada")
    assert decision(context, scan, 4).new_label == "tech"
    assert left(context, scan) == {"label": 38, "near_duplicate": 2, "outlier": 4}


@pytest.mark.parametrize("many_at_once", [False, True], ids=["alone", "many"])
def test_a_change_of_classes_goes_through_whatever_is_said_in_another_list(
    context: Context, scanned: tuple[Dataset, Scan], many_at_once: bool
) -> None:
    news, scan = scanned
    carry_out_change(context, plan_change(context, news, ClassChange("rename", ("business",), "renamed")), "ada")
    said(context, scan, 4, "relabel", "label", "tech")
    if many_at_once:
        outliers = OfScan(scan, IssueFilter("outlier"))
        planned = many.plan(context, outliers, Doing("keep"), "bob", also_decided=True)
        many.carry_out(context, planned, "bob", "outliers")
    else:
        for row in (3, 4):
            seen = (decision(context, scan, row).decision_id,)
            act = Act(f"{row}", "keep", row, shown={"list": "outlier"}, instead_of=seen)
            assert not record(context, scan.version_id, "bob", [act]).refused
    assert left(context, scan)["outlier"] == (0 if many_at_once else 2)
    assert context.store.fetch(f"SELECT * FROM {known_sql(context.store, scan.version_id, decided=True)}") == [(4,)]
    made = make_version(context, scan.version_id, "", "ada")
    rows = context.store.fetch(
        f"""SELECT o.example_id, o.label, d.reviewer FROM overrides o JOIN {ACTS} d USING (decision_id)
            WHERE o.version_id = ? AND o.example_id IN (3, 4) ORDER BY 1""",
        [made.version_id],
    )
    assert rows == [(3, "renamed", "ada"), (4, "tech", "ada")]


def test_an_act_on_many_rows_takes_the_rows_that_are_decided_in_other_lists_alone(
    context: Context, scanned: tuple[Dataset, Scan]
) -> None:
    _, scan = scanned
    said(context, scan, 3, "keep", "outlier")
    said(context, scan, 4, "keep", "label")
    labels, outliers = (OfScan(scan, IssueFilter(kind)) for kind in ("label", "outlier"))
    for among, doing, alone in (
        (labels, Doing("relabel", "tech"), 1),
        (outliers, Doing("relabel", "tech"), 2),  # settles both lists
        (outliers, Doing("exclude"), 2),
        (labels, Doing("keep"), 1),
    ):
        planned = many.plan(context, among, doing, "ada")
        assert planned.decided == alone, doing
    many.carry_out(context, planned, "ada", "labels")
    assert left(context, scan) == {"label": 0, "near_duplicate": 2, "outlier": 4}
    again = many.plan(context, labels, Doing("unsure"), "ada", also_decided=True)
    assert (again.decided, many.carry_out(context, again, "ada", "labels").rows) == (40, 40)
    assert left(context, scan) == {"label": 0, "near_duplicate": 2, "outlier": 4}
    assert {decision(context, scan, row).action for row in range(5)} == {"unsure"}


def test_many_verdicts_are_held_against_many_rows_by_the_row(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    _, scan = scanned
    said(context, scan, 3, "keep", "outlier")
    context.store.newest_act()
    listed, parameters = listed_sql(context.store, scan)
    [(_, plan)] = context.store.fetch(f"EXPLAIN {listed}", parameters)
    assert "HASH_JOIN" in plan and "BLOCKWIS" not in plan  # a loop over all pairs takes minutes for 50,000 of each
