"""A list is ranked anew by what was decided: a scan of its own that learns from verdicts, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import IssueFilter, Scan, ScanSpec
from core.review.records import Act
from core.services.follow import follow
from core.services.review import anew as service
from core.services.review.anew import EVERY, anew, go_back, rank_anew
from core.services.review.decisions import record
from core.services.scan import run_scan
from core.store.issues import page_issues
from core.store.scans import latest_scan
from tests.integration.load_support import loaded

ROWS, WRONG = 120, (3, 10, 17, 24, 31, 38, 45, 52)
ALL = IssueFilter("label", flagged_only=False, settled=None)


@pytest.fixture
def scan(context: Context, tmp_path: Path) -> Scan:
    """Texts of two kinds; some have the label of the other, and two are copies of each other."""
    path = tmp_path / "notes.csv"
    lines = ["text,label"]
    for row in range(ROWS):
        kind = row % 2
        told = 1 - kind if row in WRONG else kind
        words = ("cake bread flour oven", "goal match referee team")[kind]
        number = 5 if row == 7 else row
        lines.append(f"{words} number {number} of the week,{('food', 'sport')[told]}")
    path.write_text("\n".join(lines) + "\n")
    dataset = loaded(context, path, name="notes")
    return run_scan(context, dataset.latest_version_id, ScanSpec(("lexical", "minilm"), folds=3), "ada")


def listed(context: Context, scan: Scan, where: IssueFilter = ALL) -> list[int]:
    return [one.example_id for one in page_issues(context.store, scan, where, 1_000)]


def test_what_is_decided_is_learnt_what_is_not_is_ranked_and_the_former_list_can_be_had_back(
    context: Context, scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = listed(context, scan)
    assert anew(context, scan) is None
    wrong, right, out = WRONG[:3], (0, 1), 4
    acts = [
        *(Act(f"w{row}", "relabel", row, ("food", "sport")[row % 2]) for row in wrong),
        *(Act(f"r{row}", "keep", row) for row in right),
        Act("out", "exclude", out),
    ]
    assert not record(context, scan.version_id, "ada", acts).refused
    assert anew(context, scan) is None  # far from enough
    monkeypatch.setattr(service, "EVERY", len(acts))
    found = service._anew(context, scan)
    assert found is not None
    assert (found.verdicts, found.due, found.ranked_anew) == (6, True, False)
    follow(context, rank_anew(context, scan, "ada").job_id, lambda job: None)
    newer = latest_scan(context.store, scan.version_id)
    assert newer is not None
    assert newer.settings["anew"] == scan.scan_id
    ranked = listed(context, newer)
    assert sorted(ranked) == sorted(first)  # what is left out is still on the list, for an undo
    assert set(ranked[-6:]) == {*wrong, *right, out}  # at its end
    given = {one.example_id: one.given_label for one in page_issues(context.store, newer, ALL, 1_000)}
    assert given == {one.example_id: one.given_label for one in page_issues(context.store, scan, ALL, 1_000)}
    assert newer.types == scan.types
    others = [name for name in scan.types if name != "label"]
    for name in others:
        where = IssueFilter(name, flagged_only=False, settled=None)
        assert listed(context, newer, where) == listed(context, scan, where)
    told = anew(context, newer)
    assert told is not None and told.before is not None
    assert (told.before.rows, told.before.share.estimate) == (3, 1.0)  # the first list flags the wrong
    assert told.after is None  # nobody has judged by the new list yet
    with context.store.write() as cursor:
        cursor.execute("UPDATE issues SET is_issue = true WHERE issue_type = 'label'")
    told = service._anew(context, newer)
    assert told is not None
    assert told.ranked_anew
    assert told.before is not None and told.after is None
    assert (told.before.rows, told.before.share.estimate) == (5, 0.6)
    record(context, scan.version_id, "ada", [Act("later", "keep", ranked[0])])
    told = anew(context, newer)
    assert told is not None and told.after is not None
    assert (told.after.rows, told.after.share.estimate) == (1, 0.0)
    go_back(context, newer)
    back = latest_scan(context.store, scan.version_id)
    assert back is not None
    assert back.scan_id == scan.scan_id
    assert listed(context, back) == first
    with pytest.raises(UsageError):
        go_back(context, back)
    assert EVERY == 50
