"""A reviewer gets rows whole: probabilities, reasons, neighbours; on a real store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from core.context import Context
from core.records import IssueFilter, RowFilter, Scan
from core.services.review.queue import LEASE_SECONDS, claim, items, release, undecided
from tests.pages.issues_data import LABELS, load, scan


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> Scan:
    return scan(context, tmp_path, load(context, tmp_path))


def claimed(context: Context, scanned: Scan, session: str, n: int, seconds: float = 0, **where: str) -> list[int]:
    where_ = IssueFilter(**where)
    return claim(context, scanned.version_id, scanned.scan_id, session, where_, n, monotonic() + seconds)


def test_the_worst_rows_come_first_and_whole(context: Context, scanned: Scan) -> None:
    found = items(context, scanned, claimed(context, scanned, "ada", 3))
    assert [item.example.example_id for item in found] == [0, 1, 2]
    first = found[0]
    assert (first.example.label, first.issue.suggested_label) == ("business", "sport")
    assert [neighbour.example.example_id for neighbour in first.neighbours] == [1, 4, 7, 10, 13]
    assert [neighbour.similarity for neighbour in first.neighbours] == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5])
    assert "5 of the 5 nearest examples are sport." in first.why
    assert first.decision is None


def test_items_come_in_the_order_asked_and_rows_the_scan_has_not_are_left_out(context: Context, scanned: Scan) -> None:
    found = items(context, scanned, [7, 80, 3, 500])
    assert [item.example.example_id for item in found] == [7, 80, 3]


def test_without_the_scans_matrix_the_two_labels_of_the_issue_are_shown(context: Context, scanned: Scan) -> None:
    (item,) = items(context, scanned, [0])
    assert item.probabilities == (("sport", 0.91), ("business", 0.04))


def test_the_scans_matrix_gives_every_likely_label(
    context: Context, scanned: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = context.workspace.runs / scanned.job_id / "output" / "0"
    output.mkdir(parents=True)
    np.save(output / "row_ids.npy", np.arange(90))
    np.save(output / "probabilities.npy", np.tile(np.float32([0.04, 0.9, 0.06]), (90, 1)))
    (item,) = items(context, scanned, [5])
    assert [label for label, _ in item.probabilities] == [LABELS[1], LABELS[2], LABELS[0]]
    assert [share for _, share in item.probabilities] == pytest.approx([0.9, 0.06, 0.04])


def test_a_filter_narrows_the_queue(context: Context, scanned: Scan) -> None:
    where = IssueFilter(given_label="tech", rows=RowFilter(split="test"))
    rows = claim(context, scanned.version_id, scanned.scan_id, "ada", where, 25)
    assert rows == [5, 20, 35]
    assert undecided(context, scanned, where) == 3


def test_a_claim_runs_out_and_reporting_again_holds_it(context: Context, scanned: Scan) -> None:
    claimed(context, scanned, "ada", 5)
    claimed(context, scanned, "ada", 5, seconds=LEASE_SECONDS - 1)
    assert claimed(context, scanned, "ben", 1, seconds=LEASE_SECONDS + 1) == [5]
    assert claimed(context, scanned, "ben", 1, seconds=2 * LEASE_SECONDS) == [0]


def test_sessions_that_claim_at_once_share_the_rows_out_and_none_goes_short(context: Context, scanned: Scan) -> None:
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda who: claimed(context, scanned, f"session {who}", 5), range(8)))
    assert [len(each) for each in held] == [5] * 8
    assert sorted(row for each in held for row in each) == list(range(40))


def test_rows_given_back_go_to_the_next_reviewer_at_once(context: Context, scanned: Scan) -> None:
    release(context, scanned.version_id, "ada", claimed(context, scanned, "ada", 5))
    assert claimed(context, scanned, "ben", 2) == [0, 1]
