"""What comes back of a damaged ledger: as much as can be read, and nothing that was taken away on purpose."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.salvage import salvage
from core.records import Metric
from tests.unit.ledger.conftest import DATASET, VERSION, act


def with_a_run(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.decisions.append([act(1), act(2)])
    ledger.runs.add(
        run_id="r1", dataset_id=DATASET, version_id=VERSION, title="A run", spec={}, labels=("a", "b"), by="ann"
    )
    ledger.runs.finish("r1", {"accuracy": 0.9}, [Metric(1, 0.5, "train", "loss", 0.7)])
    ledger.close()


def test_the_runs_of_a_ledger_from_before_runs_could_be_deleted_come_back(path: Path, tmp_path: Path) -> None:
    with_a_run(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        for column in ("deleted_at", "deleted_by"):
            old.execute(f"ALTER TABLE runs DROP COLUMN {column}")
    assert salvage(path, tmp_path / "whole.sqlite").acts == 2
    whole = SqliteLedger(tmp_path / "whole.sqlite")
    assert [(run.run_id, run.summary) for run in whole.runs.of(DATASET)] == [("r1", {"accuracy": 0.9})]
    assert whole.runs.metrics("r1") == [Metric(1, 0.5, "train", "loss", 0.7)]
    whole.close()


def test_a_run_that_was_deleted_after_the_backup_stays_deleted(path: Path, tmp_path: Path) -> None:
    with_a_run(path)
    backup = tmp_path / "backup.sqlite"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    damaged = SqliteLedger(path)
    damaged.runs.delete("r1", "ann")
    damaged.close()
    salvage(path, backup)
    whole = SqliteLedger(backup)
    assert whole.runs.of(DATASET) == [] and whole.runs.metrics("r1") == []
    with pytest.raises(NotFoundError, match="deleted"):
        whole.runs.get(DATASET, "1")
    whole.close()
