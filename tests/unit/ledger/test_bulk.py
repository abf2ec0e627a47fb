"""Acts on many rows: each once, with the decisions that it wrote, and one line of a list of acts."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS
from core.ledger.sqlite.salvage import salvage
from core.records import BulkAct
from core.store.ids import new_id, new_ids
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
    assert ledger.bulk.any_decision(first.act_id) in ledger.bulk.decisions(first.act_id, limit=99)


def rows_of(ids: list[int], action: str = "exclude") -> pa.Table:
    """What an act decides of these rows, as it is written."""
    fixed = {
        "action": action,
        "new_label": None,
        "scan_id": None,
        "shown": '{"given_label": "a \\"b\\""}',
        "undoes": None,
    }
    columns = {name: pa.array([value] * len(ids), pa.string()) for name, value in fixed.items()}
    return pa.table({"decision_id": new_ids(len(ids)), "example_id": pa.array(ids, pa.int64()), **columns})


def test_rows_are_written_together_and_given_as_whoever_follows_reads_them(ledger: SqliteLedger) -> None:
    ledger.decisions.append([act(7)])
    made = bulk(ledger, 0)
    acts = ledger.bulk.write(made, rows_of([5, 3, 9]))
    assert acts is not None and acts.equals(ledger.decisions.since(1))
    assert acts.column("seq").to_pylist() == [2, 3, 4]
    found = ledger.bulk.decisions(made.act_id, limit=9)
    assert [(one.example_id, one.client_key) for one in found] == [(row, f"{made.act_id}:{row}") for row in (5, 3, 9)]
    assert {(one.action, one.reviewer, one.decided_at, one.shown["given_label"]) for one in found} == {
        ("exclude", "bob", made.decided_at, 'a "b"')
    }


def test_a_row_that_an_act_has_decided_stays_as_it_is(ledger: SqliteLedger) -> None:
    made = bulk(ledger, 0)
    ledger.bulk.write(made, rows_of([1, 2]))
    assert ledger.bulk.write(made, rows_of([2, 3], "keep")) is None
    found = ledger.bulk.decisions(made.act_id, limit=9)
    assert [(one.example_id, one.action) for one in found] == [(1, "exclude"), (2, "exclude"), (3, "keep")]


def test_changes_of_classes_from_before_they_were_told_from_verdicts_are_told_from_them(path: Path) -> None:
    step = next(number for number, one in enumerate(SCHEMAS) if any("by_class_after_verdict" in line for line in one))
    connection = sqlite3.connect(path)
    for statement in (line for one in SCHEMAS[:step] for line in one):
        connection.execute(statement)
    acts = {
        "a": "classes tech, it merged into tech",
        "b": "label: merged",
        "c": "class tech deleted, its rows excluded",
    }
    for name, among in acts.items():
        connection.execute(
            """INSERT INTO bulk_acts (act_id, dataset_id, version_id, action, among, reviewer, decided_at)
               VALUES (?, ?, ?, 'relabel', ?, 'bob', 0)""",
            [name * 32, DATASET, VERSION, among],
        )
    keys = [f"{'a' * 32}:1", f"{'a' * 32}:2", f"{'b' * 32}:3", f"{'c' * 32}:4", "one"]
    shown = ['{"given_label": "it"}', '{"given_label": "it", "by_class": "merge"}', "{}", '{"given_label": "it"}', "{}"]
    for row, (key, known) in enumerate(zip(keys, shown, strict=True)):
        connection.execute(
            """INSERT INTO decisions (decision_id, client_key, dataset_id, version_id, example_id, action, reviewer,
                                      decided_at, shown) VALUES (?, ?, ?, ?, ?, 'relabel', 'bob', 0, ?)""",
            [str(row), key, DATASET, VERSION, row, known],
        )
    connection.execute(f"PRAGMA user_version = {step}")
    connection.commit()
    connection.close()
    ledger = SqliteLedger(path)
    found = ledger.decisions.since(0).column("shown").to_pylist()
    assert [json.loads(one).get("by_class_after_verdict") for one in found] == ["merge", None, None, "delete", None]
    assert found[1:3] == shown[1:3] and json.loads(found[0])["given_label"] == "it"
    ledger.close()


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
