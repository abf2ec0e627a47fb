"""Copies of the database file that open by themselves."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import duckdb

from core.store.database import Database
from core.store.times import now


def backup(db: Database, folder: Path) -> Path:
    """Copies the file and its write-ahead log into `folder` and returns the copy's path.

    No write runs meanwhile. A load that is still reading makes the checkpoint impossible, but not the copy: what it
    writes lies in blocks that no committed table uses, and the log holds what the checkpoint would have moved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{db.path.stem}-{now():%Y%m%d-%H%M%S-%f}{db.path.suffix}"
    log = db.path.with_name(db.path.name + ".wal")
    with db.exclusive(), db.cursor() as cursor:
        with suppress(duckdb.TransactionException):
            cursor.execute("CHECKPOINT")
        if log.exists():
            shutil.copyfile(log, copy.with_name(copy.name + ".wal"))
        shutil.copyfile(db.path, copy)
    return copy
