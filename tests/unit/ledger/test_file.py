"""The file: opened by many, upgraded once, refused where it is newer."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import StoreError
from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS, LedgerFile

from .conftest import DATASET, act


def test_a_new_file_is_made_once_by_all_who_open_it_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: SqliteLedger(path), range(8)))
    for number, ledger in enumerate(opened):
        assert ledger.decisions.append([act(number)]) == 1
    assert opened[0].decisions.count(DATASET) == 8
    for ledger in opened:
        ledger.close()


def test_a_write_that_fails_leaves_nothing_behind(path: Path) -> None:
    file = LedgerFile(path)
    with pytest.raises(ZeroDivisionError), file.write() as connection:
        connection.execute("INSERT INTO claims VALUES ('v', 1, 's', 0, '')")
        raise ZeroDivisionError
    with file.connection() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone() == (0,)
    file.close()


def test_a_file_of_a_newer_winnow_is_refused(path: Path) -> None:
    SqliteLedger(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(SCHEMAS) + 1}")
    connection.close()
    with pytest.raises(StoreError, match=r"newer Winnow: its ledger has version .* Update Winnow"):
        SqliteLedger(path)


def test_what_was_done_on_a_dataset_goes_with_it(ledger: SqliteLedger) -> None:
    ledger.decisions.append([act(0)])
    for dataset_id in (DATASET, "kept"):
        ledger.runs.add(
            run_id=dataset_id, dataset_id=dataset_id, version_id="v", title="", spec={}, labels=(), by="ann"
        )
    ledger.forget(DATASET)
    assert ledger.decisions.count(DATASET) == 0
    assert (ledger.runs.of(DATASET), [run.run_id for run in ledger.runs.of("kept")]) == ([], ["kept"])


def test_a_file_of_the_first_version_keeps_its_acts_and_claims_under_todays_name_of_an_id(path: Path) -> None:
    connection = sqlite3.connect(path)
    for statement in SCHEMAS[0]:
        connection.execute(statement)
    connection.execute(
        """INSERT INTO decisions (decision_id, client_key, dataset_id, version_id, row_id, action, reviewer, decided_at,
           shown) VALUES ('i', 'k', ?, 'v', 7, 'keep', 'bob', 0, '{}')""",
        [DATASET],
    )
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    ledger = SqliteLedger(path)
    assert [decision.example_id for decision in ledger.decisions.page(DATASET)] == [7]
    assert ledger.decisions.append([act(8)]) == 1
    ledger.close()


def test_a_file_from_before_there_were_notes_keeps_its_acts_and_takes_notes(path: Path) -> None:
    connection = sqlite3.connect(path)
    earlier = next(number for number, steps in enumerate(SCHEMAS) if any("ADD COLUMN note" in step for step in steps))
    for statements in SCHEMAS[:earlier]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(
        """INSERT INTO decisions (decision_id, client_key, dataset_id, version_id, example_id, action, reviewer,
           decided_at, shown) VALUES ('i', 'k', ?, 'v', 7, 'keep', 'bob', 0, '{}')""",
        [DATASET],
    )
    connection.execute(f"PRAGMA user_version = {earlier}")
    connection.commit()
    connection.close()
    ledger = SqliteLedger(path)
    ledger.decisions.append([replace(act(8), note="why not")])
    assert [(one.example_id, one.note) for one in ledger.decisions.page(DATASET)] == [(8, "why not"), (7, None)]
    ledger.close()
