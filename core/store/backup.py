"""Copies of the database file that open by themselves."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import duckdb

from core.store.database import Database
from core.store.times import now


def backup(db: Database, folder: Path, name: str) -> Path:
    """Copies the file and its write-ahead log into `folder`, as `name` and the time, and returns the copy's path.

    No write runs meanwhile. A load that is still reading makes the checkpoint impossible, but not the copy: what it
    writes lies in blocks that no committed table uses, and the log holds what the checkpoint would have moved. A copy
    that breaks off never has a copy's name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{name}-{now():%Y%m%d-%H%M%S-%f}{db.path.suffix}"
    log = db.path.with_name(db.path.name + ".wal")
    with db.exclusive(), db.cursor() as cursor:
        with suppress(duckdb.TransactionException):
            cursor.execute("CHECKPOINT")
        if log.exists():
            shutil.copyfile(log, copy.with_name(copy.name + ".wal"))
        unfinished = copy.with_name(copy.name + ".part")
        try:
            shutil.copyfile(db.path, unfinished)
            return unfinished.rename(copy)
        finally:
            unfinished.unlink(missing_ok=True)
