"""Of which datasets the first steps were put away: kept, deleted with the dataset, saved from a damaged file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS
from core.ledger.sqlite.salvage import salvage

from .conftest import DATASET

WITHOUT = next(place for place, step in enumerate(SCHEMAS) if any("put_away" in statement for statement in step))
"""How many upgrades a file has behind it that knows nothing of them."""


def test_what_is_put_away_stays_away_until_it_is_brought_back(path: Path) -> None:
    ledger = SqliteLedger(path)
    assert not ledger.first_steps.are_away(DATASET)
    ledger.first_steps.put_away(DATASET, "ann")
    ledger.first_steps.put_away(DATASET, "bob")
    ledger.close()
    ledger = SqliteLedger(path)
    assert ledger.first_steps.are_away(DATASET) and not ledger.first_steps.are_away("other")
    ledger.first_steps.bring_back(DATASET)
    assert not ledger.first_steps.are_away(DATASET)
    ledger.close()


def test_it_goes_with_the_dataset(ledger: SqliteLedger) -> None:
    for dataset_id in (DATASET, "kept"):
        ledger.first_steps.put_away(dataset_id, "ann")
    ledger.forget(DATASET)
    assert (ledger.first_steps.are_away(DATASET), ledger.first_steps.are_away("kept")) == (False, True)


def test_a_file_from_before_it_could_be_put_away_is_brought_up_to_date(path: Path) -> None:
    connection = sqlite3.connect(path)
    for step in SCHEMAS[:WITHOUT]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {WITHOUT}")
    connection.commit()
    connection.close()
    ledger = SqliteLedger(path)
    ledger.first_steps.put_away(DATASET, "ann")
    assert ledger.first_steps.are_away(DATASET)
    ledger.close()


def test_it_is_saved_from_a_damaged_file(path: Path, tmp_path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.first_steps.put_away(DATASET, "ann")
    ledger.close()
    salvage(path, tmp_path / "whole.sqlite")
    whole = SqliteLedger(tmp_path / "whole.sqlite")
    assert whole.first_steps.are_away(DATASET)
    whole.close()
