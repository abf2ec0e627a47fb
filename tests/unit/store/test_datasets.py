from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import NotFoundError, UsageError
from core.store.database import Database
from core.store.datasets import (
    delete_dataset,
    due_trash,
    get_dataset,
    list_datasets,
    rename,
    restore,
    trash,
    trashed_at,
)
from core.store.times import now

from .conftest import Load, ScanOf


def test_datasets_are_listed_newest_first(db: Database, load: Load) -> None:
    load(name="one")
    load(name="two")
    assert [dataset.name for dataset in list_datasets(db)] == ["two", "one"]


def test_a_dataset_is_found_by_name_and_by_id(db: Database, load: Load) -> None:
    loaded = load()
    assert get_dataset(db, "reviews") == get_dataset(db, loaded.dataset_id) == loaded


def test_a_name_that_does_not_exist_is_answered_with_those_that_do(db: Database, load: Load) -> None:
    load()
    with pytest.raises(NotFoundError, match=r"'revews' not found. This workspace has: reviews"):
        get_dataset(db, "revews")


def test_a_dataset_can_be_renamed_but_not_to_a_name_that_is_taken_or_empty(db: Database, load: Load) -> None:
    dataset = load(name="one")
    load(name="two")
    assert rename(db, dataset.dataset_id, " uno ").name == "uno"
    with pytest.raises(UsageError, match="'two' exists already"):
        rename(db, dataset.dataset_id, "two")
    with pytest.raises(UsageError, match="needs a name"):
        rename(db, dataset.dataset_id, "  ")


def test_a_dataset_in_the_trash_is_hidden_and_comes_back_whole(db: Database, load: Load) -> None:
    dataset = load()
    trash(db, dataset.dataset_id)
    assert list_datasets(db) == []
    assert [each.name for each in list_datasets(db, "trashed")] == ["reviews"]
    assert trashed_at(db, dataset.dataset_id) is not None
    with pytest.raises(NotFoundError):
        get_dataset(db, "reviews")
    assert restore(db, dataset.dataset_id) == dataset


def test_a_dataset_cannot_come_back_under_a_name_that_was_given_away(db: Database, load: Load) -> None:
    dataset = load()
    trash(db, dataset.dataset_id)
    load()
    with pytest.raises(UsageError, match="'reviews' exists already"):
        restore(db, dataset.dataset_id)


def test_the_trash_is_emptied_after_seven_days_and_leaves_no_row_anywhere(
    db: Database, load: Load, scan: ScanOf
) -> None:
    dataset, other = load(), load(name="other")
    scan(dataset, [0, 1, 0, 1, 0], [1, 0, 1, 0, 1], [0])
    trash(db, dataset.dataset_id)
    assert due_trash(db, now() + timedelta(days=6)) == []
    assert due_trash(db, now() + timedelta(days=8)) == [dataset.dataset_id]
    delete_dataset(db, dataset.dataset_id)
    for table in ("datasets", "versions", "overrides", "rejected_rows", "scans"):
        assert not db.fetch(f"SELECT 1 FROM {table} WHERE dataset_id <> '{other.dataset_id}'")
    assert not db.fetch("SELECT 1 FROM issues")
    assert [each.name for each in list_datasets(db)] == ["other"]
