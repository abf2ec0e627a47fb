"""Acts on many rows: each once, with the decisions that it wrote, and one line of a list of acts."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS
from core.ledger.sqlite.salvage import salvage
from core.records import BulkAct
from core.store.ids import new_id
from core.store.times import now

from .conftest import DATASET, VERSION, act


def bulk(ledger: SqliteLedger, rows: int, **fields: str) -> BulkAct:
    """An act on so many rows, with its decisions."""
    made = BulkAct(new_id(), DATASET, VERSION, "exclude", None, "label: x", "bob", now())
    made = replace(made, **fields)
    ledger.bulk.add(made)
    ledger.decisions.append([act(row, key=f"{made.act_id}:{row}") for row in range(rows)])
    return replace(made, rows=rows)


def test_an_act_has_the_decisions_that_were_written_for_it(ledger: SqliteLedger) -> None:
    first, second = bulk(ledger, 3), bulk(ledger, 2)
    ledger.bulk.add(first)
    assert ledger.bulk.page(DATASET, limit=10) == [second, first]
    assert ledger.bulk.page(DATASET, limit=1, offset=1) == [first]
    assert (ledger.bulk.count(DATASET), ledger.bulk.by_id(first.act_id)) == (2, first)
    assert [one.example_id for one in ledger.bulk.decisions(first.act_id, limit=2, offset=1)] == [1, 2]
    assert sorted(one.example_id for one in ledger.bulk.all_decisions(first.act_id, at_a_time=2)) == [
        one.example_id for one in ledger.bulk.decisions(first.act_id, limit=99)
    ]


def test_an_act_of_which_nothing_was_written_is_not_listed(ledger: SqliteLedger) -> None:
    nothing = bulk(ledger, 0)
    assert (ledger.bulk.page(DATASET, limit=10), ledger.bulk.count(DATASET)) == ([], 0)
    assert ledger.bulk.by_id(nothing.act_id) == nothing


def test_an_act_that_was_taken_back_says_by_which(ledger: SqliteLedger) -> None:
    first = bulk(ledger, 1)
    undo = bulk(ledger, 1, action="undo", undoes=first.act_id)
    assert [one.undone_by for one in ledger.bulk.page(DATASET, limit=10)] == [None, undo.act_id]


def test_acts_on_many_rows_go_with_their_dataset(ledger: SqliteLedger) -> None:
    made = bulk(ledger, 2)
    ledger.forget(DATASET)
    assert ledger.bulk.by_id(made.act_id) is None


def test_acts_on_many_rows_are_salvaged_from_a_damaged_ledger(ledger: SqliteLedger, path: Path, tmp_path: Path) -> None:
    made = bulk(ledger, 2)
    ledger.close()
    salvage(path, tmp_path / "whole.sqlite")
    whole = SqliteLedger(tmp_path / "whole.sqlite")
    assert whole.bulk.page(DATASET, limit=10) == [made]
    whole.close()


def test_a_file_from_before_acts_on_many_rows_takes_them_from_now_on(path: Path) -> None:
    step = next(number for number, one in enumerate(SCHEMAS) if any("bulk_acts (" in line for line in one))
    connection = sqlite3.connect(path)
    for statement in (line for one in SCHEMAS[:step] for line in one):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {step}")
    connection.commit()
    connection.close()
    ledger = SqliteLedger(path)
    ledger.decisions.append([act(1)])
    bulk(ledger, 2)
    assert (ledger.bulk.count(DATASET), ledger.decisions.count(DATASET)) == (1, 3)
    ledger.close()
