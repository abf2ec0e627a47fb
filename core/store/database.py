"""The one connection to the workspace's DuckDB file: a cursor per call, one writer at a time.

Knows nothing of tables. Sharing a connection object between threads mixes up results, so nobody gets it: they get
cursors. Updates of the same row from two transactions fail, so writes queue on one lock.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from core.errors import WorkspaceLockedError

Cursor = duckdb.DuckDBPyConnection

MEMORY_LIMIT = "512MB"
"""DuckDB's own share; what does not fit spills to disk beside the file. The whole process stays under 1 GB with it."""

_HOLDER = re.compile(r"lock is held in (?P<program>.*?) ?\(PID (?P<pid>\d+)\)")


class Database:
    """An open database file. Safe to share between threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._write_lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Database:
        """Opens the file, or makes it. Raises `WorkspaceLockedError` while another process has it open."""
        try:
            connection = duckdb.connect(
                str(path), config={"memory_limit": MEMORY_LIMIT, "autoinstall_known_extensions": "false"}
            )
            return cls(connection, path)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            raise _locked(path, str(error)) from error

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """A cursor of its own for one call."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def write(self) -> Iterator[Cursor]:
        """A transaction: committed at the end, rolled back on any error; no other write runs meanwhile."""
        with self.cursor() as cursor, self.write_with(cursor):
            yield cursor

    @contextmanager
    def write_with(self, cursor: Cursor) -> Iterator[None]:
        """`write` on a cursor that the caller holds, for the sake of its temporary tables."""
        with self.exclusive():
            cursor.execute("BEGIN")
            try:
                yield
                cursor.execute("COMMIT")
            except BaseException:
                roll_back(cursor)
                raise

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keeps every other write out; readers go on. Not reentrant."""
        with self._write_lock:
            yield

    def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one query."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).fetchall()

    def fetch_one(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of one query, or None."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).fetchone()

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the file."""
        with self.exclusive(), self.cursor() as cursor:
            cursor.execute("CHECKPOINT")

    def close(self) -> None:
        """Closes the file; the lock on it is released once the last cursor is closed."""
        self._connection.close()


def roll_back(cursor: Cursor) -> None:
    """Ends a transaction that failed; one that a failed COMMIT has already ended is no error."""
    try:
        cursor.execute("ROLLBACK")
    except duckdb.TransactionException:
        return


def _locked(path: Path, message: str) -> WorkspaceLockedError:
    found = _HOLDER.search(message)
    holder = f" by {found['program'] or 'another program'} (process {found['pid']})" if found else ""
    return WorkspaceLockedError(
        f"The workspace {path.parent} is already open{holder}.",
        "Close the app or wait for the other command, or give this one its own --workspace.",
    )
