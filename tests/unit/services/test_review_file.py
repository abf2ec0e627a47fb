"""A file of decisions is taken down as a whole or not at all; on a real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import IssueFilter
from core.services.load import preview, start_load, wait
from core.services.review.decisions import counts
from core.services.review.file import FileDecisions, decide_file
from core.store.acts import decisions
from core.store.issues import page_issues
from tests.pages.issues_data import load
from tests.pages.issues_data import scan as scan_of


def decide(context: Context, folder: Path, *lines: str, reviewer: str = "ada") -> FileDecisions:
    path = folder / "decisions.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return decide_file(context, "news", path, reviewer)


def test_a_file_by_row_number_is_taken_down(context: Context, tmp_path: Path) -> None:
    dataset = load(context, tmp_path)
    done = decide(context, tmp_path, "example_id,action,label", "0,relabel,tech", "1,exclude,", "2,keep,")
    assert (done.read, done.written, done.unchanged, done.overruled) == (3, 3, 0, 0)
    found = decisions.in_force(context.store, dataset.latest_version_id)
    assert [(one.example_id, one.action, one.new_label) for one in found] == [
        (0, "relabel", "tech"),
        (1, "exclude", None),
        (2, "keep", None),
    ]


def test_a_file_that_takes_suggestions_counts_as_such(context: Context, tmp_path: Path) -> None:
    dataset = load(context, tmp_path)
    scan = scan_of(context, tmp_path, dataset)
    issues = page_issues(context.store, scan, IssueFilter(), 2)
    first, second = issues
    assert first.suggested_label and second.suggested_label
    decide(
        context,
        tmp_path,
        "example_id,action,label",
        f"{first.example_id},relabel,{first.suggested_label}",
        f"{second.example_id},exclude,",
    )
    standing = counts(context, dataset.latest_version_id, scan.scan_id)
    assert (standing.decided, standing.relabelled, standing.suggestion_taken) == (2, 1, 1)
    (decision,) = decisions.decision_of(context.store, dataset.latest_version_id, [first.example_id]).values()
    assert decision.shown == {
        "given_label": first.given_label,
        "suggested_label": first.suggested_label,
        "score": round(first.score, 6),
        "tier": scan.tier,
        "settles": ["label", "unlabelled", "ambiguous"],
    }


@pytest.mark.parametrize("column", ["source_id", "key"])
def test_a_file_by_the_sources_ids_is_taken_down(context: Context, tmp_path: Path, column: str) -> None:
    dataset = load(context, tmp_path)
    decide(context, tmp_path, f"{column},action,label", "k7,relabel,tech")
    assert set(decisions.decision_of(context.store, dataset.latest_version_id, [7])) == {7}


def test_ids_under_a_name_that_the_source_has_too_are_said_to_be_the_sources(context: Context, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "row_id,text,label\n" + "".join(f"{n},t {n},{'xy'[n % 2]}\n" for n in range(1, 9))
    )
    path = [str(tmp_path / "own.csv")]
    wait(context, start_load(context, path, preview(context, path).guess, name="own", by="ann").job_id)
    for name, own, row in (("row_id", "row_id", 1), ("example_id", "", 2), ("source_id", "", 1)):
        (tmp_path / "d.csv").write_text(f"{name},action\n2,exclude\n")
        done = decide_file(context, "own", tmp_path / "d.csv", "ada")
        found = decisions.in_force(context.store, done.version.version_id)
        assert (done.source_column, row in {one.example_id for one in found}) == (own, True)


def test_the_same_file_again_changes_nothing(context: Context, tmp_path: Path) -> None:
    load(context, tmp_path)
    lines = ("example_id,action,label", "0,relabel,tech", "3,relabel,business")
    decide(context, tmp_path, *lines)
    done = decide(context, tmp_path, *lines)
    assert (done.written, done.unchanged) == (0, 2)


def test_a_file_overrules_other_reviewers_and_says_how_often(context: Context, tmp_path: Path) -> None:
    load(context, tmp_path)
    decide(context, tmp_path, "example_id,action", "0,keep", reviewer="ben")
    assert decide(context, tmp_path, "example_id,action", "0,exclude", "1,keep").overruled == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("example_id,action", "0,keep", "500,keep"), "Line 3: Row 500 is not in this version"),
        (("example_id,action,label", "0,relabel,sports"), r"Did you mean 'sport'\?"),
        (("id,action", "nobody,keep"), "Line 2: 'nobody' is the id of no row"),
    ],
)
def test_one_wrong_line_keeps_the_whole_file_out(
    context: Context, tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    dataset = load(context, tmp_path)
    with pytest.raises(UsageError, match=said):
        decide(context, tmp_path, *lines)
    assert not context.ledger.decisions.count(dataset.dataset_id)


def test_a_file_that_is_not_there_says_so(context: Context, tmp_path: Path) -> None:
    load(context, tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        decide_file(context, "news", tmp_path / "absent.csv", "ada")
