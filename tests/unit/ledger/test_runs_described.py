"""Runs have names and notes, in ledgers of before too."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS


def _add(ledger: SqliteLedger) -> None:
    ledger.runs.add(run_id="r", dataset_id="d", version_id="v", title="It", spec={}, labels=["a"], by="ada")


def test_a_run_is_named_and_noted_and_both_can_be_taken_away(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    _add(ledger)
    assert (ledger.runs.by_id("r").name, ledger.runs.by_id("r").note) == ("", "")
    run = ledger.runs.describe("r", "Baseline", "before *cleaning*")
    assert (run.name, run.note) == ("Baseline", "before *cleaning*")
    assert ledger.runs.of("d")[0].name == "Baseline"
    assert ledger.runs.describe("r", "", "").name == ""
    ledger.runs.delete("r", "ada")
    with pytest.raises(NotFoundError, match="deleted"):
        ledger.runs.describe("r", "x", "")
    ledger.close()


def test_runs_of_an_older_ledger_have_no_name_yet(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    before = next(place for place, step in enumerate(SCHEMAS) if any("runs ADD COLUMN name" in line for line in step))
    with sqlite3.connect(path) as connection:
        for step in SCHEMAS[:before]:
            for statement in step:
                connection.execute(statement)
        connection.execute(
            "INSERT INTO runs (run_id, number, dataset_id, version_id, title, created_at, created_by, spec, labels, "
            "summary) VALUES ('r', 1, 'd', 'v', 'It', 0, 'ada', '{}', '[]', '{}')"
        )
        connection.execute(f"PRAGMA user_version = {before}")
    connection.close()
    ledger = SqliteLedger(path)
    assert ledger.runs.by_id("r").name == ""
    assert ledger.runs.describe("r", "First", "").name == "First"
    ledger.close()
