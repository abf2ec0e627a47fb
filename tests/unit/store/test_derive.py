from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from core.errors import StoppedError
from core.records import Attribute, AttributeKind, RowFilter
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.ingest.derive import derive
from core.store.rows import count_rows, page_rows

from .conftest import Load


@dataclass(frozen=True)
class Column:
    name: str
    column: str
    kind: AttributeKind
    sql: str
    function: Callable[[Sequence[str]], list[str]] | None = None


LENGTH = Column("text length", "text_length", "number", "length(text)")


def _never() -> bool:
    return False


def test_derived_attributes_are_measured_like_the_source_s_own(db: Database, load: Load) -> None:
    dataset = load()
    derive(db, dataset.dataset_id, [LENGTH], lambda done, total: None, _never)
    found = get_dataset(db, "reviews")
    assert found.derived_ready
    assert found.attributes[-1] == Attribute("text length", "text_length", "number", True)
    rows = page_rows(db, dataset.latest_version_id, RowFilter(), 10)
    assert [row.example_id for row in rows] == [0, 1, 2, 3, 4]
    assert rows[2].attributes["text length"] == 3
    assert count_rows(db, dataset.latest_version_id, RowFilter(attribute="text_length", low=4)) == 4


def test_an_attribute_may_be_made_by_a_function_of_what_the_sql_gives_it(db: Database, load: Load) -> None:
    dataset = load()
    given: list[str] = []

    def shout(texts: Sequence[str]) -> list[str]:
        given.extend(texts)
        return [text.upper() for text in texts]

    shouted = Column("shouted", "shouted", "category", "left(text, 4)", shout)
    derive(db, dataset.dataset_id, [LENGTH, shouted], lambda done, total: None, _never)
    rows = page_rows(db, dataset.latest_version_id, RowFilter(), 10)
    assert [row.attributes["shouted"] for row in rows] == ["GOOD", "BAD ", "GUT", "SCHL", "GOOD"]
    assert sorted(given) == sorted(["good", "bad ", "gut", "schl", "good"])
    assert db.fetch("SELECT function_name FROM duckdb_functions() WHERE function_name LIKE 'derived%'") == []


def test_a_function_that_fails_leaves_the_dataset_as_it_was(db: Database, load: Load) -> None:
    dataset = load()

    def fail(texts: Sequence[str]) -> list[str]:
        raise ZeroDivisionError

    with pytest.raises(Exception, match="ZeroDivisionError"):
        derive(db, dataset.dataset_id, [Column("f", "f", "category", "text", fail)], lambda done, total: None, _never)
    assert not get_dataset(db, "reviews").derived_ready
    derive(db, dataset.dataset_id, [LENGTH], lambda done, total: None, _never)
    assert get_dataset(db, "reviews").derived_ready


def test_deriving_twice_changes_nothing(db: Database, load: Load) -> None:
    dataset = load()
    for _ in range(2):
        derive(db, dataset.dataset_id, [LENGTH], lambda done, total: None, _never)
    assert [attribute.column for attribute in get_dataset(db, "reviews").attributes] == ["lang", "stars", "text_length"]


def test_a_derived_column_gives_way_to_one_of_the_source(db: Database, load: Load) -> None:
    dataset = load()
    derive(db, dataset.dataset_id, [Column("language", "lang", "category", "'en'")], lambda done, total: None, _never)
    assert get_dataset(db, "reviews").attributes[-1].column == "lang_derived"


def test_without_anything_to_derive_the_dataset_is_ready_at_once(db: Database, load: Load) -> None:
    dataset = load()
    derive(db, dataset.dataset_id, [], lambda done, total: None, _never)
    assert get_dataset(db, "reviews").derived_ready


def test_deriving_that_is_stopped_leaves_the_dataset_as_it_was(db: Database, load: Load) -> None:
    dataset = load()
    slow = Column("slow", "slow", "number", "(SELECT sum(hash(i + example_id) % 7) FROM range(400_000_000) t(i))")
    with pytest.raises(StoppedError):
        derive(db, dataset.dataset_id, [slow], lambda done, total: None, lambda: True)
    assert get_dataset(db, "reviews") == dataset
    derive(db, dataset.dataset_id, [LENGTH], lambda done, total: None, _never)
    assert get_dataset(db, "reviews").derived_ready
