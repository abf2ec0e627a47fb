"""Tags: each act once with its rows, what was taken back, and what follows a ledger."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS, has_acts
from core.ledger.sqlite.look import altered
from core.ledger.sqlite.salvage import salvage
from core.records import TagAct
from core.sqlite import copy
from core.store.acts.tags import tag_names, tagged_sql, tags_column, tags_of
from core.store.database import Database
from core.store.ids import new_id
from core.store.times import now

from .conftest import DATASET

WITHOUT = next(place for place, step in enumerate(SCHEMAS) if any("tag_acts" in statement for statement in step))


def put(ledger: SqliteLedger, tag: str, *rows: int, puts: bool = True, by: str = "bob") -> TagAct:
    act = TagAct(new_id(), DATASET, tag, puts, "some", by, now())
    assert ledger.tags.append([(act, rows)]) == 1
    return act


def undo(ledger: SqliteLedger, act: TagAct) -> int:
    return ledger.tags.append([(TagAct(new_id(), DATASET, act.tag, False, "some", "bob", now(), act.act_id), ())])


@pytest.fixture
def store(ledger: SqliteLedger, tmp_path: Path) -> Database:
    db = Database.open(tmp_path / "winnow.duckdb")
    db.follow(ledger.decisions, ledger.classes, ledger.tags)
    return db


def rows_with(db: Database, *tags: str) -> list[int]:
    return sorted(row for (row,) in db.fetch(f"SELECT example_id FROM {tagged_sql(db, DATASET, tags)}"))


def test_what_is_written_twice_stands_once(ledger: SqliteLedger) -> None:
    act = put(ledger, "to ask", 7, 3, 7)
    assert ledger.tags.append([(act, (1, 2))]) == 0
    assert ledger.tags.by_id(act.act_id) == replace(act, rows=2)
    assert [rows.tolist() for _, _, rows in ledger.tags.since(0, 100)] == [[3, 7]]


def test_an_act_is_taken_back_once(ledger: SqliteLedger) -> None:
    act = put(ledger, "to ask", 1)
    assert (undo(ledger, act), undo(ledger, act)) == (1, 0)
    kept = ledger.tags.by_id(act.act_id)
    assert kept is not None and kept.undone_by is not None


def test_the_store_follows_in_the_order_of_the_acts(ledger: SqliteLedger, store: Database) -> None:
    put(ledger, "to ask", 1, 2, 3)
    assert rows_with(store, "to ask") == [1, 2, 3]
    put(ledger, "to ask", 2, puts=False)
    put(ledger, "odd", 3, 9)
    put(ledger, "to ask", 4)
    assert rows_with(store, "to ask") == [1, 3, 4]
    assert rows_with(store, "to ask", "odd") == [1, 3, 3, 4, 9]
    assert tags_of(store, DATASET, [2, 3]) == {3: ("odd", "to ask")}
    [column] = tags_column(store, DATASET, "3", ["TAGS"])
    assert store.fetch(f"SELECT {column}") == [("odd, to ask",)] and column.endswith(" AS tags_put_on")
    assert tags_of(store, "e" * 32, [3]) == {}


def test_an_undo_leaves_what_others_did_to_the_same_rows(ledger: SqliteLedger, store: Database) -> None:
    first = put(ledger, "odd", 1, 2, 3)
    put(ledger, "odd", 3, 4, by="eve")
    off = put(ledger, "odd", 4, puts=False)
    assert rows_with(store, "odd") == [1, 2, 3]
    undo(ledger, first)
    undo(ledger, off)
    assert rows_with(store, "odd") == [3, 4]
    assert tag_names(store, DATASET) == ("odd",)


def test_a_store_that_comes_later_reads_the_same(ledger: SqliteLedger, store: Database, tmp_path: Path) -> None:
    first = put(ledger, "odd", *range(50))
    put(ledger, "odd", 7, 8, puts=False)
    put(ledger, "it's", 1)
    rows_with(store, "odd")
    undo(ledger, first)
    put(ledger, "odd", 8, 60)
    late = Database.open(tmp_path / "late.duckdb")
    late.follow(ledger.decisions, ledger.classes, ledger.tags)
    assert rows_with(late, "odd") == rows_with(store, "odd") == [8, 60]
    assert tags_of(late, DATASET, [1]) == {1: ("it's",)}
    late.close()


def test_tags_go_with_their_dataset(ledger: SqliteLedger) -> None:
    act = put(ledger, "odd", 1)
    ledger.forget(DATASET)
    assert ledger.tags.by_id(act.act_id) is None


def test_a_file_from_before_there_were_tags_is_brought_up_to_date(path: Path) -> None:
    connection = sqlite3.connect(path)
    for statement in [one for step in SCHEMAS[:WITHOUT] for one in step]:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {WITHOUT}")
    connection.commit()
    connection.close()
    again = SqliteLedger(path)
    put(again, "odd", 1)
    again.close()


def test_a_tag_that_reads_otherwise_than_in_an_earlier_copy_is_seen(
    ledger: SqliteLedger, path: Path, tmp_path: Path
) -> None:
    put(ledger, "odd", 5, 6)
    ledger.close()
    later, earlier = tmp_path / "later.sqlite", tmp_path / "earlier.sqlite"
    copy(path, later)
    copy(path, earlier)
    with closing(sqlite3.connect(earlier)) as connection:
        connection.execute("DROP TABLE tag_acts")
    assert (altered(path, later), altered(path, earlier)) == (0, 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE tag_acts SET tag = 'old'")
    assert (altered(path, later), altered(path, earlier)) == (1, 0)


def test_a_ledger_in_which_rows_were_only_tagged_is_one_in_which_something_was_done(
    ledger: SqliteLedger, path: Path
) -> None:
    assert not has_acts(path)
    put(ledger, "odd", 5)
    assert has_acts(path)


def test_tags_are_salvaged_from_a_damaged_ledger(ledger: SqliteLedger, path: Path, tmp_path: Path) -> None:
    act = put(ledger, "odd", 5, 6)
    ledger.close()
    whole = SqliteLedger(tmp_path / "whole.sqlite")
    whole.close()
    salvage(path, tmp_path / "whole.sqlite")
    whole = SqliteLedger(tmp_path / "whole.sqlite")
    assert [(kept, rows.tolist()) for _, kept, rows in whole.tags.since(0, 9)] == [(replace(act, rows=2), [5, 6])]
    whole.close()
