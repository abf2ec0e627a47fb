"""A connection that an error inside DuckDB has made invalid, by a workbook that names a text it does not have."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb_extensions
import pytest

from core.errors import StoreError
from core.ledger.sqlite import SqliteLedger
from core.store.acts.decisions import in_force
from core.store.database import Database
from tests.odd.workbook import write_workbook

from .conftest import Load
from .test_versions import decide


def break_store(db: Database, folder: Path) -> None:
    """Reads a damaged workbook with the store's own connection, as nothing in Winnow does any more."""
    book = write_workbook(folder / "bad.xlsx", wrong={10: 99_999})
    duckdb_extensions.import_extension("excel")
    with db.cursor() as cursor:
        cursor.load_extension("excel")
        cursor.execute(f"SELECT * FROM read_xlsx('{book}')").fetchall()


def test_a_store_that_has_become_invalid_says_so_and_opens_itself_again(
    db: Database, ledger: SqliteLedger, load: Load, tmp_path: Path
) -> None:
    dataset = load()
    made = decide(ledger, dataset, dataset.latest_version_id, 0, "keep")
    assert in_force(db, dataset.latest_version_id) == [made]
    with pytest.raises(StoreError, match=r"opened again: .*99999 within vector"):
        break_store(db, tmp_path)
    assert db.fetch("SELECT count(*) FROM datasets") == [(1,)]
    assert in_force(db, dataset.latest_version_id) == [made]
    assert load(name="second").row_count == dataset.row_count


def test_whoever_else_uses_an_invalid_store_is_told_and_may_go_on(db: Database, load: Load, tmp_path: Path) -> None:
    load()
    inside, broken, found = threading.Event(), threading.Event(), []

    def other() -> None:
        try:
            with db.cursor() as cursor:
                inside.set()
                broken.wait(20)
                cursor.execute("SELECT 1")
        except StoreError as error:
            found.append(error)

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(20)
    threading.Timer(0.5, broken.set).start()
    with pytest.raises(StoreError):
        break_store(db, tmp_path)
    thread.join()
    assert len(found) == 1
    assert db.fetch("SELECT name FROM datasets") == [("reviews",)]


def test_the_health_of_a_store_is_asked_of_the_store(db: Database, load: Load, tmp_path: Path) -> None:
    load()
    assert db.healthy
    broken = db._connection
    duckdb_extensions.import_extension("excel")
    broken.load_extension("excel")
    book = write_workbook(tmp_path / "bad.xlsx", wrong={10: 99_999})
    with pytest.raises(Exception, match="99999"):
        broken.execute(f"SELECT * FROM read_xlsx('{book}')").fetchall()
    assert not db.healthy
    assert db.healthy


def test_a_store_that_was_closed_stays_closed(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "winnow.duckdb")
    db.close()
    assert not db.healthy
    Database.open(tmp_path / "winnow.duckdb").close()
