"""One decision of many is taken back by itself, and whoever does it learns which versions have it all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Scan
from core.review.records import Act
from core.services.review.decisions import make_version, record
from core.services.review.log import log
from core.services.review.undo import take_back_one
from core.store.acts import decisions
from core.store.datasets import get_dataset
from tests.pages.issues_data import load, scan


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> Scan:
    found = scan(context, tmp_path, load(context, tmp_path))
    acts = [Act("a", "relabel", 0, "tech"), Act("b", "keep", 1, note="sure"), Act("c", "exclude", 2)]
    assert not record(context, found.version_id, "ada", acts).refused
    return found


def of(context: Context, scanned: Scan, row: int) -> str:
    return decisions.decision_of(context.store, scanned.version_id, [row])[row].decision_id


def test_the_others_stay_in_force(context: Context, scanned: Scan) -> None:
    dataset = get_dataset(context.store, scanned.dataset_id)
    done = take_back_one(context, dataset, of(context, scanned, 0), "ada")
    assert (done.decision.example_id, done.held_by) == (0, ())
    assert [one.example_id for one in decisions.in_force(context.store, scanned.version_id)] == [1, 2]


def test_versions_that_were_made_with_it_are_named_before_and_after(context: Context, scanned: Scan) -> None:
    dataset = get_dataset(context.store, scanned.dataset_id)
    second = make_version(context, scanned.version_id, "", "ada")
    record(context, second.version_id, "ada", [Act("d", "exclude", 9)])
    make_version(context, second.version_id, "", "ada")
    held = {line.decision.client_key: line.versions for line in log(context, dataset.dataset_id, limit=9).lines}
    assert held == {"a": (2, 3), "b": (), "c": (2, 3), "d": (3,)}
    done = take_back_one(context, dataset, of(context, scanned, 0), "ada")
    assert done.held_by == (2, 3)
    assert "Versions 2 and 3 still have it" in done.said
    lines = {line.decision.client_key: line for line in log(context, dataset.dataset_id, limit=9).lines}
    assert (lines["a"].counts, lines["a"].versions) == (False, (2, 3))


def test_what_cannot_be_taken_back_says_why(context: Context, scanned: Scan) -> None:
    dataset, first = get_dataset(context.store, scanned.dataset_id), of(context, scanned, 0)
    with pytest.raises(UsageError, match="was decided by ada"):
        take_back_one(context, dataset, first, "ben")
    take_back_one(context, dataset, first, "ada")
    with pytest.raises(UsageError, match="taken back already"):
        take_back_one(context, dataset, first, "ada")
    (undo,) = context.ledger.decisions.page(dataset.dataset_id, action="undo")
    with pytest.raises(UsageError, match="an undo itself"):
        take_back_one(context, dataset, undo.decision_id, "ada")
    with pytest.raises(NotFoundError, match="has no decision 'nothing'"):
        take_back_one(context, dataset, "nothing", "ada")
