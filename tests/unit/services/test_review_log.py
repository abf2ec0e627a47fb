"""The list of decisions and the changes of a version; on a real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.records import Scan
from core.review.records import Act
from core.services.review.decisions import make_version, record
from core.services.review.log import changes, log, version_list
from core.store.ids import new_id
from tests.pages.issues_data import load, scan


@pytest.fixture
def reviewed(context: Context, tmp_path: Path) -> Scan:
    """Ada changed row 0, kept 1 and took that back, excluded 2; Ben kept 3."""
    scanned = scan(context, tmp_path, load(context, tmp_path))
    kept = Act(new_id(), "keep", 1)
    acts = [Act(new_id(), "relabel", 0, "tech"), kept, Act(new_id(), "undo", 1, undoes_key=kept.client_key)]
    record(context, scanned.version_id, "ada", [*acts, Act(new_id(), "exclude", 2)])
    record(context, scanned.version_id, "ben", [Act(new_id(), "keep", 3)])
    return scanned


def test_the_list_is_newest_first_and_says_what_counts(context: Context, reviewed: Scan) -> None:
    page = log(context, reviewed.dataset_id, limit=10)
    assert page.total == 5
    assert [(line.decision.reviewer, line.decision.action, line.counts) for line in page.lines] == [
        ("ben", "keep", True),
        ("ada", "exclude", True),
        ("ada", "undo", False),
        ("ada", "keep", False),
        ("ada", "relabel", True),
    ]
    assert page.lines[-1].example.text == "Story 0 about business"


def test_the_list_is_narrowed_and_paged(context: Context, reviewed: Scan) -> None:
    assert log(context, reviewed.dataset_id, reviewer="ben", limit=10).total == 1
    assert log(context, reviewed.dataset_id, action="keep", limit=10).total == 2
    page = log(context, reviewed.dataset_id, version_id=reviewed.version_id, limit=2, offset=4)
    assert (page.total, [line.decision.example_id for line in page.lines]) == (5, [0])


def test_a_version_lists_what_changed_by_whom(context: Context, reviewed: Scan) -> None:
    made = make_version(context, reviewed.version_id, "pass", "ada")
    total, found = changes(context, made.version_id, 10, 0)
    assert total == 2
    assert [(one.example_id, one.from_label, one.to_label, one.reviewer) for one in found] == [
        (0, "business", "tech", "ada"),
        (2, "tech", None, "ada"),
    ]
    assert changes(context, reviewed.version_id, 10, 0) == (0, [])
    assert [version.number for version in version_list(context, reviewed.dataset_id)] == [2, 1]


def test_decisions_on_rows_that_a_later_version_leaves_out_are_still_listed(context: Context, reviewed: Scan) -> None:
    make_version(context, reviewed.version_id, "pass", "ada")
    assert log(context, reviewed.dataset_id, action="exclude", limit=10).lines[0].example.example_id == 2
