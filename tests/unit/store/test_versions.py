from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest

from core.errors import NotFoundError, UsageError
from core.ledger.sqlite import SqliteLedger
from core.records import Action, Dataset, Decision, RowFilter
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import count_rows, get_rows, page_rows
from core.store.times import now
from core.store.versions import (
    add_fingerprint,
    changes,
    count_changes,
    get_version,
    list_versions,
    make_review_version,
    make_split_version,
    relation,
    unfingerprinted,
)

from .conftest import Load


def decide(
    ledger: SqliteLedger,
    dataset: Dataset,
    version_id: str,
    example_id: int,
    action: Action,
    new_label: str | None = None,
) -> Decision:
    decision = Decision(
        new_id(), new_id(), dataset.dataset_id, version_id, example_id, action, new_label, "bob", now(), None, {}
    )
    ledger.decisions.append([decision])
    return decision


def test_the_load_is_version_1_and_counts_all_rows(db: Database, load: Load) -> None:
    version = get_version(db, load().latest_version_id)
    assert (version.number, version.kind, version.parent_id, version.row_count) == (1, "load", None, 5)


def test_equal_content_has_an_equal_fingerprint_and_other_content_another(db: Database, load: Load) -> None:
    made = [load(name="a"), load(name="b"), load("text,label\na,x\nb,y\n", name="c")]
    one, same, other = [add_fingerprint(db, each.latest_version_id).fingerprint for each in made]
    assert one == same != other
    assert not unfingerprinted(db)


def test_opening_a_version_does_not_read_its_rows(db: Database, load: Load) -> None:
    dataset = load()
    db.fetch(f"ALTER TABLE examples_{dataset.dataset_id} RENAME TO elsewhere")
    assert get_version(db, dataset.latest_version_id).fingerprint == ""
    assert unfingerprinted(db) == [dataset.latest_version_id]


def test_a_review_version_takes_the_decisions_in_and_leaves_its_parent_alone(
    db: Database, ledger: SqliteLedger, load: Load
) -> None:
    dataset = load()
    first = dataset.latest_version_id
    decide(ledger, dataset, first, 4, "relabel", "pos")
    decide(ledger, dataset, first, 1, "exclude")
    decide(ledger, dataset, first, 0, "keep")
    version = make_review_version(db, first, "fixed", "ann")
    assert (version.number, version.kind, version.note, version.row_count) == (2, "review", "fixed", 4)
    assert get_dataset(db, "reviews").latest_version_id == version.version_id
    rows = page_rows(db, version.version_id, RowFilter(), 10)
    assert [(row.example_id, row.given_label, row.label) for row in rows] == [
        (0, "pos", "pos"),
        (2, "pos", "pos"),
        (3, "neg", "neg"),
        (4, "neg", "pos"),
    ]
    assert [row.label for row in page_rows(db, first, RowFilter(), 10)] == ["pos", "neg", "pos", "neg", "neg"]


def test_what_a_version_changed_is_listed_with_who_decided_it(db: Database, ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    first = dataset.latest_version_id
    decide(ledger, dataset, first, 4, "relabel", "pos")
    decide(ledger, dataset, first, 3, "relabel", "neg")
    decide(ledger, dataset, first, 1, "exclude")
    version = make_review_version(db, first, "", "ann")
    listed = [
        (c.example_id, c.given, c.from_label, c.to_label, c.reviewer) for c in changes(db, version.version_id, 10)
    ]
    assert listed == [(1, "bad film", "neg", None, "bob"), (4, "good film", "neg", "pos", "bob")]
    assert count_changes(db, version.version_id) == 2
    assert [c.example_id for c in changes(db, version.version_id, 1, 1)] == [4]
    assert changes(db, first, 10) == []


def test_a_decision_made_on_the_parent_afterwards_is_no_change_of_the_version(
    db: Database, ledger: SqliteLedger, load: Load
) -> None:
    dataset = load()
    first = dataset.latest_version_id
    decide(ledger, dataset, first, 4, "relabel", "pos")
    version = make_review_version(db, first, "", "ann")
    decide(ledger, dataset, first, 4, "relabel", "neg")
    decide(ledger, dataset, first, 0, "relabel", "neg")
    assert [c.example_id for c in changes(db, version.version_id, 10)] == [4]
    assert changes(db, version.version_id, 10)[0].to_label == "pos"


def test_a_version_of_a_version_keeps_what_its_parent_changed(db: Database, ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    decide(ledger, dataset, dataset.latest_version_id, 4, "relabel", "pos")
    decide(ledger, dataset, dataset.latest_version_id, 1, "exclude")
    second = make_review_version(db, dataset.latest_version_id, "", "ann")
    decide(ledger, dataset, second.version_id, 4, "relabel", "neg")
    decide(ledger, dataset, second.version_id, 0, "relabel", "neg")
    third = make_review_version(db, second.version_id, "", "ann")
    assert [row.label for row in page_rows(db, third.version_id, RowFilter(), 10)] == ["neg", "pos", "neg", "neg"]
    assert [(c.example_id, c.from_label, c.to_label) for c in changes(db, third.version_id, 10)] == [
        (0, "pos", "neg"),
        (4, "pos", "neg"),
    ]
    assert [version.number for version in list_versions(db, dataset.dataset_id)] == [1, 2, 3]


def test_without_a_decision_in_force_there_is_no_version_to_make(db: Database, load: Load) -> None:
    dataset = load()
    with pytest.raises(UsageError, match="no decision"):
        make_review_version(db, dataset.latest_version_id, "", "ann")
    assert len(list_versions(db, dataset.dataset_id)) == 1


def test_a_decision_that_was_taken_back_does_not_count(db: Database, ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    first = dataset.latest_version_id
    decide(ledger, dataset, first, 0, "relabel", "neg")
    second = decide(ledger, dataset, first, 0, "exclude")
    undo = Decision(
        new_id(), new_id(), dataset.dataset_id, first, 0, "undo", None, "bob", now() + timedelta(seconds=1), None, {},
        second.decision_id,
    )  # fmt: skip
    ledger.decisions.append([undo])
    version = make_review_version(db, first, "", "ann")
    assert [row.label for row in get_rows(db, version.version_id, [0])] == ["neg"]


def test_a_split_version_assigns_splits_and_keeps_labels_and_exclusions(
    db: Database, ledger: SqliteLedger, load: Load
) -> None:
    dataset = load()
    decide(ledger, dataset, dataset.latest_version_id, 4, "relabel", "pos")
    decide(ledger, dataset, dataset.latest_version_id, 1, "exclude")
    reviewed = make_review_version(db, dataset.latest_version_id, "", "ann")
    assignment = pa.table({"example_id": [0, 2, 3], "split": ["dev", "dev", "final"]})
    version = make_split_version(db, reviewed.version_id, assignment, "by hand", "ann")
    rows = page_rows(db, version.version_id, RowFilter(), 10)
    assert [(row.example_id, row.label, row.split) for row in rows] == [
        (0, "pos", "dev"),
        (2, "pos", "dev"),
        (3, "neg", "final"),
        (4, "pos", "train"),
    ]
    assert (version.kind, version.row_count, count_changes(db, version.version_id)) == ("split", 4, 0)
    assert count_rows(db, version.version_id, RowFilter(split="dev")) == 2


def test_a_version_that_does_not_exist_is_not_found(db: Database) -> None:
    for call in (get_version, relation):
        with pytest.raises(NotFoundError):
            call(db, new_id())
    with pytest.raises(NotFoundError):
        relation(db, "x' OR true --")


def test_a_job_makes_its_split_version_once(db: Database, load: Load) -> None:
    first = load().latest_version_id
    assignment = pa.table({"example_id": [0, 1], "split": ["a", "b"]})
    made = [
        make_split_version(db, first, assignment, "", "ann", job) for job in ("job 1", "job 1", "job 2", None, None)
    ]
    assert [version.number for version in made] == [2, 2, 3, 4, 5]
