"""Copies of the database file that open by themselves."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path

import duckdb

from core.errors import StoppedError, StoreError
from core.files import whole
from core.store.database import Database

_LOOK_EVERY = 0.05
"""Seconds between two looks at whether to stop."""
_IN_ENGLISH = {"LC_ALL": "C"}
"""As Python has the words of errors."""


def backup(db: Database, copy: Path, stopped: Callable[[], bool] = lambda: False) -> None:
    """Copies the file, and its write-ahead log beside the copy where there is one.

    No write runs meanwhile. A load that is still reading makes the checkpoint impossible, but not the copy: what it
    writes lies in blocks that no committed table uses, and the log holds what the checkpoint would have moved. A copy
    that breaks off never has a copy's name. Raises `StoppedError` once `stopped` says so, `OSError` where there is no
    room, `StoreError` where it cannot be written for another reason.
    """
    copy.parent.mkdir(parents=True, exist_ok=True)
    log = db.path.with_name(db.path.name + ".wal")
    with db.exclusive(), db.cursor() as cursor:
        with suppress(duckdb.TransactionException):
            cursor.execute("CHECKPOINT")
        if log.exists():
            _copy(log, copy.with_name(copy.name + ".wal"), stopped)
        _copy(db.path, copy, stopped)


def _copy(source: Path, target: Path, stopped: Callable[[], bool]) -> None:
    """By another process: closing a file takes away this process's lock on it, with which DuckDB keeps others out."""
    with whole(target) as unfinished:
        copying = subprocess.Popen(
            ["/bin/cp", "--", source, unfinished], stderr=subprocess.PIPE, text=True, env=_IN_ENGLISH
        )
        while True:
            try:
                _, said = copying.communicate(timeout=_LOOK_EVERY)
                break
            except subprocess.TimeoutExpired:
                if stopped():
                    copying.kill()
        if stopped():
            raise StoppedError("The copy was given up.", "Make it again when you want it.")
        for number in (ENOSPC, EDQUOT):
            if os.strerror(number) in said:
                raise OSError(number, os.strerror(number), str(target))
        if copying.returncode:
            why = said.strip()
            raise StoreError(f"{source} cannot be copied to {target}: {why}.", "See who may write there.")
