"""Keeping one row of a group: what is excluded, what is left to a person, and that it can be taken back whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.context import Context
from core.records import IssueFilter, Scan
from core.services.issues.listing import findings, page
from core.services.review.decisions import counts
from core.services.review.groups import keep_one, take_back, would_exclude
from core.services.review.queue import items
from core.store.acts import decisions
from core.store.scans import get_scan
from tests.pages import issues_data as data

GROUPS = {0: (0, 3, 6), 10: (10, 13), 20: (20, 21)}
"""Rows by the group's first; the last group carries two labels."""


@pytest.fixture
def scan(context: Context, tmp_path: Path) -> Scan:
    dataset = data.load(context, tmp_path)
    made = data.scan(context, tmp_path, dataset)
    data.also_near_duplicates(context, GROUPS, conflicting=(20,))
    return get_scan(context.store, made.scan_id)


def excluded(context: Context, scan: Scan) -> list[int]:
    return [one.example_id for one in decisions.in_force(context.store, scan.version_id) if one.action == "exclude"]


def test_all_copies_of_agreeing_groups_are_excluded_in_one_act(context: Context, scan: Scan) -> None:
    done = keep_one(context, scan, "near_duplicate", "ada")
    assert sorted(done.example_ids) == excluded(context, scan) == [3, 6, 13]
    assert (done.groups, done.conflicting) == (2, 1)
    assert keep_one(context, scan, "near_duplicate", "ada").example_ids == ()


def test_the_act_can_be_taken_back_whole(context: Context, scan: Scan) -> None:
    done = keep_one(context, scan, "near_duplicate", "ada")
    assert take_back(context, scan.version_id, "ada", done.keys) == 3
    assert excluded(context, scan) == []
    assert len(keep_one(context, scan, "near_duplicate", "ada").example_ids) == 3


def test_one_group_is_decided_by_itself_though_its_labels_conflict(context: Context, scan: Scan) -> None:
    assert keep_one(context, scan, "near_duplicate", "ada", group=20).example_ids == (21,)
    assert excluded(context, scan) == [21]


def test_conflicting_groups_are_among_all_where_they_are_asked_for(context: Context, scan: Scan) -> None:
    assert would_exclude(context, scan, "near_duplicate") == (3, 2)
    assert would_exclude(context, scan, "near_duplicate", conflicting=True) == (4, 3)
    done = keep_one(context, scan, "near_duplicate", "ada", conflicting=True)
    assert would_exclude(context, scan, "near_duplicate", conflicting=True) == (0, 0)
    assert (sorted(done.example_ids), done.conflicting) == ([3, 6, 13, 21], 0)


def test_a_copy_that_somebody_has_decided_is_left_alone(context: Context, scan: Scan) -> None:
    assert keep_one(context, scan, "near_duplicate", "ada", group=0).example_ids == (3, 6)
    done = keep_one(context, scan, "near_duplicate", "ben")
    assert done.example_ids == (13,)
    assert take_back(context, scan.version_id, "ada", done.keys) == 0


def test_a_row_on_the_desk_knows_its_undecided_copies(context: Context, scan: Scan) -> None:
    copy, kept, alone = items(context, scan, [3, 0, 50], "near_duplicate")
    assert (copy.group, copy.copies, kept.copies, alone.copies) == (0, (3, 6), (3, 6), ())
    assert (copy.issue.suggested_label, copy.neighbours[0].example.example_id) == (None, 0)
    assert copy.why == "The same content as row 0, which stands for a group of 3. All have the same label."
    keep_one(context, scan, "near_duplicate", "ada", group=0)
    assert items(context, scan, [3], "near_duplicate")[0].copies == ()


def test_rows_without_a_suggestion_are_listed_and_counted_by_their_type(context: Context, scan: Scan) -> None:
    found = findings(context, scan, "near_duplicate")
    assert (found.review.flagged, found.review.left, found.pairs) == (4, 4, ())
    assert page(context, scan, IssueFilter("near_duplicate"), 10, 0).total == 4
    keep_one(context, scan, "near_duplicate", "ada")
    assert findings(context, scan, "near_duplicate").review.left == 1
    assert counts(context, scan.version_id, scan.scan_id).flagged == data.FLAGGED


def test_evidence_is_kept_as_json_by_its_fields_names(context: Context, scan: Scan) -> None:
    (row,) = context.store.fetch("SELECT why FROM issues WHERE issue_type = 'near_duplicate' AND example_id = 21")
    assert json.loads(row[0])["conflicting"] is True
