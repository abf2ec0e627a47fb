from __future__ import annotations

import pytest

from core.errors import StoppedError
from core.store.database import Database
from core.store.ingest.watch import execute

LONG = "SELECT sum(hash(i)) FROM range(20_000_000_000) t(i)"


def test_a_statement_ends_soon_after_it_is_stopped(db: Database) -> None:
    with db.cursor() as cursor, pytest.raises(StoppedError):
        execute(cursor, LONG, [], lambda done, total: None, lambda: True)


def test_an_error_while_telling_the_progress_ends_the_statement_and_is_not_lost(db: Database) -> None:
    def broken(done: float, total: float | None) -> None:
        raise OSError("disk full")

    with db.cursor() as cursor, pytest.raises(OSError, match="disk full"):
        execute(cursor, LONG, [], broken, lambda: False)
    assert db.fetch("SELECT 1") == [(1,)]
