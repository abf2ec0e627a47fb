"""What people call classes: appended, the newest holds, gone with the dataset, saved from a damaged file."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS
from core.ledger.sqlite.salvage import salvage
from core.records import ClassNaming

from .conftest import DATASET

WITHOUT = next(place for place, step in enumerate(SCHEMAS) if any("class_names" in statement for statement in step))
"""How many upgrades a file has behind it that knows nothing of them."""
NEGATIVE = ClassNaming("a1", DATASET, "0", "negative", "Complaints.", "ann", datetime(2026, 11, 28, 12, tzinfo=UTC))


def test_the_newest_of_a_class_holds_and_all_are_kept(path: Path) -> None:
    ledger = SqliteLedger(path)
    assert ledger.classes.append([NEGATIVE], 0)
    bad = replace(NEGATIVE, act_id="a2", name="bad", by="bob")
    assert ledger.classes.append([bad], ledger.classes.newest_of(DATASET))
    ledger.close()
    ledger = SqliteLedger(path)
    assert ledger.classes.standing(DATASET) == {"0": bad}
    assert ledger.classes.log(DATASET) == [bad, NEGATIVE]
    assert ledger.classes.standing("other") == {}
    ledger.close()


def test_nothing_is_written_where_somebody_was_faster(ledger: SqliteLedger) -> None:
    seen = ledger.classes.newest_of(DATASET)
    assert ledger.classes.append([NEGATIVE], seen)
    assert not ledger.classes.append([replace(NEGATIVE, act_id="a2", code="1")], seen)
    assert ledger.classes.standing(DATASET) == {"0": NEGATIVE}


def test_they_go_with_the_dataset(ledger: SqliteLedger) -> None:
    for dataset_id in (DATASET, "kept"):
        ledger.classes.append([replace(NEGATIVE, act_id=f"of {dataset_id}", dataset_id=dataset_id)], 0)
    ledger.forget(DATASET)
    assert (len(ledger.classes.log(DATASET)), len(ledger.classes.log("kept"))) == (0, 1)


def test_a_file_from_before_classes_had_names_is_brought_up_to_date(path: Path) -> None:
    connection = sqlite3.connect(path)
    for step in SCHEMAS[:WITHOUT]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {WITHOUT}")
    connection.commit()
    connection.close()
    ledger = SqliteLedger(path)
    assert ledger.classes.append([NEGATIVE], 0) and ledger.classes.newest() == 1
    ledger.close()


def test_they_are_saved_from_a_damaged_file(path: Path, tmp_path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.classes.append([NEGATIVE], 0)
    ledger.close()
    salvage(path, tmp_path / "whole.sqlite")
    whole = SqliteLedger(tmp_path / "whole.sqlite")
    assert whole.classes.standing(DATASET) == {"0": NEGATIVE}
    whole.close()
