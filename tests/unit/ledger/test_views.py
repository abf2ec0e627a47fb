"""Saved views and chosen columns: kept once per name, renamed, deleted, gone with their dataset."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS
from core.ledger.sqlite.salvage import salvage
from core.records import View
from core.store.times import now

from .conftest import DATASET

CHEAP = View(DATASET, "cheap ones", "data", (("where", "price < 3"), ("order", "price desc")), "ann", now())


def test_a_view_is_what_was_saved_last_under_its_name(ledger: SqliteLedger) -> None:
    ledger.views.save(CHEAP)
    assert ledger.views.of(DATASET) == [CHEAP]
    changed = replace(CHEAP, query=(("where", "price < 2"),), saved_by="bob")
    ledger.views.save(changed)
    assert ledger.views.of(DATASET) == [changed]
    assert ledger.views.of("another") == []


def test_a_view_is_renamed_and_deleted(ledger: SqliteLedger) -> None:
    for name in ("a", "B"):
        ledger.views.save(replace(CHEAP, name=name))
    with pytest.raises(UsageError, match="'B' already"):
        ledger.views.rename(DATASET, "a", "B")
    ledger.views.rename(DATASET, "a", "c")
    assert [view.name for view in ledger.views.of(DATASET)] == ["B", "c"]
    ledger.views.delete(DATASET, "c")
    assert [view.name for view in ledger.views.of(DATASET)] == ["B"]
    for gone in (lambda: ledger.views.delete(DATASET, "c"), lambda: ledger.views.rename(DATASET, "c", "d")):
        with pytest.raises(NotFoundError, match="'c'"):
            gone()


def test_each_person_has_columns_of_their_own(ledger: SqliteLedger) -> None:
    ledger.views.keep_columns(DATASET, "data", "ann", ["text", "price"])
    ledger.views.keep_columns(DATASET, "data", "ann", ["price"])
    assert ledger.views.columns(DATASET, "data", "ann") == ("price",)
    assert ledger.views.columns(DATASET, "data", "bob") == ()
    assert ledger.views.columns(DATASET, "issues", "ann") == ()


def test_both_go_with_their_dataset(ledger: SqliteLedger) -> None:
    ledger.views.save(CHEAP)
    ledger.views.keep_columns(DATASET, "data", "ann", ["price"])
    ledger.forget(DATASET)
    assert ledger.views.of(DATASET) == []
    assert ledger.views.columns(DATASET, "data", "ann") == ()


def test_a_ledger_from_before_there_were_views_keeps_its_acts_and_gets_them(path: Path) -> None:
    step = next(place for place, statements in enumerate(SCHEMAS) if "CREATE TABLE views" in statements[0])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in (one for statements in SCHEMAS[:step] for one in statements):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {step}")
        connection.execute("INSERT INTO claims VALUES ('v', 1, 's', 0, '')")
    opened = SqliteLedger(path)
    opened.views.save(CHEAP)
    assert opened.views.of(DATASET) == [CHEAP]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_id FROM claims").fetchall() == [("v",)]
    opened.close()


def test_views_are_got_back_from_a_damaged_ledger(path: Path, tmp_path: Path, ledger: SqliteLedger) -> None:
    ledger.views.save(CHEAP)
    ledger.views.keep_columns(DATASET, "data", "ann", ["price"])
    ledger.close()
    salvage(path, tmp_path / "whole.sqlite")
    whole = SqliteLedger(tmp_path / "whole.sqlite")
    assert whole.views.of(DATASET) == [CHEAP]
    assert whole.views.columns(DATASET, "data", "ann") == ("price",)
    whole.close()
