"""The one connection to the workspace's DuckDB file: a cursor per call, one writer at a time.

Knows nothing of tables but that every connection has a mirror of the acts. Sharing a connection object between threads
mixes up results, so nobody gets it: they get cursors. Updates of the same row from two transactions fail, so writes
queue on one lock.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb
import pyarrow as pa

from core.errors import StoreError
from core.store.acts.mirror import ActLog, Mirror
from core.store.acts.names import ClassNameLog, NoNames
from core.store.acts.rules import NoRules, RuleLog
from core.store.acts.slices import NoSlices, SliceLog
from core.store.acts.tag_mirror import TagLog
from core.store.query.rows import NoQueries, RowQueries
from core.store.search.comparing import NoRowsAlike, RowsAlike
from core.store.times import loaded
from core.store.upkeep.opening import MEMORY_MB, check_log, connect, damage_said, fatal, gone

Cursor = duckdb.DuckDBPyConnection
Record = TypeVar("Record")
T = TypeVar("T")

MasksApart = Callable[[Callable[[Path], object], Mapping[str, str]], AbstractContextManager[Path]]
"""Of what writes rows as Parquet, and of their columns that are to be masked, each with the name by which that is done,
a file with the rows masked."""

MAX_MEMORY_MB = 1000
"""Its share while a wide table is written. It counts whole blocks, of which a short table fills a part."""
WIDE = 200
"""With more columns than this, a table is written by one thread: each holds two blocks of 256 KB for every column."""
_COLUMN_MB = 0.5

_REMEMBERED = 1024
"""Answers that are kept between two writes."""
_LEAVING_SECONDS = 5.0
"""How long those who still use a connection that is to be replaced have to let go of it."""
_LOG = logging.getLogger("winnow")


class Database:
    """An open database file. Safe to share between threads.

    An error inside DuckDB leaves a connection that answers nothing any more. Whoever meets it is told by a
    `StoreError`, and the file is opened again: what was committed is there.
    """

    def __init__(self, path: Path, mirror: Mirror) -> None:
        self.path = path
        self._mirror = mirror
        self.names: ClassNameLog = NoNames()
        """What people call classes."""
        self.slices: SliceLog = NoSlices()
        """Filters of rows that people saved under a name."""
        self.rules: RuleLog = NoRules()
        """Conditions on rows with the class that they say."""
        self.queries: RowQueries = NoQueries()
        """Who answers filters that are queries."""
        self.masked: Callable[[], frozenset[str]] = frozenset
        """The datasets of which all that is shown or written is masked."""
        self.apart: MasksApart | None = None
        """Masks many rows in a process of its own; None: nobody does."""
        self.alike: RowsAlike = NoRowsAlike()
        """Who compares rows with what was typed or uploaded."""
        check_log(path)
        self._connection = connect(path, mirror)
        self._write_lock = threading.Lock()
        self._wide: list[int] = []
        self._widening = threading.Lock()
        self._opening = threading.RLock()
        self._cursors: set[Cursor] = set()
        self._closed = False
        self._writes = 0
        self._known: dict[Hashable, tuple[int, object]] = {}

    @classmethod
    def open(cls, path: Path, acts: ActLog | None = None) -> Database:
        """Opens the file, or makes it; queries see the decisions of `acts`. Raises `WorkspaceLockedError` while another
        process has it open."""
        return cls(path, Mirror(acts))

    def follow(self, acts: ActLog, names: ClassNameLog | None = None, tags: TagLog | None = None) -> None:
        """Has queries see the decisions of `acts`, datasets what `names` call their classes, and rows the `tags`, from
        now on."""
        self._mirror.follow(acts)
        self._mirror.tags.follow(tags)
        self.names = names or self.names

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """A cursor of its own for one call. Raises `StoreError` where the connection has become invalid, and
        `WorkspaceDamagedError` where the file turns out to be damaged."""
        with self._opening:
            connection = self._connection
            cursor = self._new_cursor()
        try:
            yield cursor
        except BaseException as error:
            cause = fatal(error)
            damage = (
                damage_said(self.path, cause or str(error)) if cause or isinstance(error, duckdb.IOException) else None
            )
            if damage is None and isinstance(error, duckdb.IOException) and gone(self.path, str(error)):
                raise StoreError(
                    "A file that the workspace keeps beside its database is not there any more.",
                    "Do the last step again.",
                ) from error
            if self._closed or (cause is None and damage is None):
                raise
            if cause is not None:
                self._leave(cursor)
                self._open_again(connection, cause)
            if damage is not None:
                raise damage from error
            raise StoreError(
                f"The store met an error inside its engine and was opened again: {cause}",
                "What was saved is there. Do the last step again.",
            ) from error
        finally:
            self._leave(cursor)

    @property
    def healthy(self) -> bool:
        """Whether the store answers. Where it does not, asking has it opened again."""
        try:
            return self.fetch_one("SELECT 1") == (1,)
        except (StoreError, duckdb.Error):
            return False

    def _new_cursor(self) -> Cursor:
        cursor = self._connection.cursor()
        self._cursors.add(cursor)
        return cursor

    def _leave(self, cursor: Cursor) -> None:
        cursor.close()
        with self._opening:
            self._cursors.discard(cursor)

    def _open_again(self, broken: duckdb.DuckDBPyConnection, cause: str) -> None:
        """Replaces a connection that has become invalid, once for all who met it. DuckDB gives the same file to the
        same process as one instance, so the last cursor on the old one has to be closed first."""
        with self._opening:
            if self._connection is not broken:
                return
            _LOG.error("The store met an error inside its engine and is opened again: %s", cause)
            for cursor in self._cursors:
                cursor.interrupt()
        deadline = time.monotonic() + _LEAVING_SECONDS
        while self._cursors and time.monotonic() < deadline:
            time.sleep(0.01)
        with self._opening:
            if self._connection is not broken or self._closed:
                return
            for cursor in self._cursors:
                cursor.close()
            self._cursors.clear()
            broken.close()
            self._connection = connect(self.path, self._mirror)
            self._writes += 1

    @property
    def writes(self) -> int:
        """How often something was written since the file was opened."""
        return self._writes

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
            try:
                yield
            finally:
                self._writes += 1

    def remembered(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives, asked once until the next write: nobody else writes this file. For small answers that many
        ask for, and that no act changes: acts are not written here."""
        writes = self._writes
        known = self._known.get(key)
        if known is not None and known[0] == writes:
            return cast(T, known[1])
        answer = read()
        if len(self._known) >= _REMEMBERED:
            self._known = {}
        self._known[key] = (writes, answer)
        return answer

    @contextmanager
    def room_for(self, columns: int) -> Iterator[None]:
        """Lets the block write a table of so many columns within bounded memory."""
        if columns <= WIDE:
            yield
            return
        self._widen(lambda: self._wide.append(columns))
        try:
            yield
        finally:
            self._widen(lambda: self._wide.remove(columns))

    def _widen(self, change: Callable[[], None]) -> None:
        with self._widening, self.cursor() as cursor:
            change()
            megabytes = wide_memory(max(self._wide)) if self._wide else MEMORY_MB
            cursor.execute(f"SET GLOBAL memory_limit = '{megabytes}MB'")
            cursor.execute("SET GLOBAL threads = 1" if self._wide else "RESET GLOBAL threads")

    def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one query."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).fetchall()

    def fetch_named(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of one query, each by the names of its columns."""
        with self.cursor() as cursor:
            found = cursor.execute(sql, parameters)
            names = [name for name, *_ in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def records(self, kind: type[Record], sql: str, parameters: Sequence[Any] = ()) -> list[Record]:
        """All rows of one query as records of a dataclass, whose fields the columns are named after; moments, which the
        store keeps in UTC, with their zone."""
        found = self.fetch_named(sql, parameters)
        return [kind(**{name: _aware(value) for name, value in row.items()}) for row in found]

    def fetch_one(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of one query, or None."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).fetchone()

    def newest_act(self) -> int:
        """The number of the newest act; queries that start from now on see it and all before it."""
        with self.cursor() as cursor:
            return self._mirror.catch_up(cursor)

    def take_in_acts(self, acts: pa.Table) -> None:
        """Hands over acts, in the columns of `ACTS`, that the log has just written: it need not be asked for them."""
        with self.cursor() as cursor:
            self._mirror.take_in(cursor, acts)

    def tag_numbers(self) -> Mapping[tuple[str, str], int]:
        """By dataset and tag the number that the tag has among the rows tagged; queries that start from now on see
        every tag that was put on or taken off until now."""
        with self.cursor() as cursor:
            return self._mirror.tags.catch_up(cursor)

    def newest_tag(self) -> int:
        """The number of the newest act on tags that queries see from now on."""
        with self.cursor() as cursor:
            self._mirror.tags.catch_up(cursor)
        return self._mirror.tags.seq

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the file."""
        with self.exclusive(), self.cursor() as cursor:
            cursor.execute("CHECKPOINT")

    def close(self) -> None:
        """Closes the file; the lock on it is released once the last cursor is closed."""
        self._closed = True
        self._connection.close()


def wide_memory(columns: int) -> int:
    """Megabytes that writing a table of so many columns takes DuckDB, as it counts them."""
    return min(MAX_MEMORY_MB, round(MEMORY_MB / 2 + _COLUMN_MB * columns))


def roll_back(cursor: Cursor) -> None:
    """Ends a transaction that failed; one that a failed COMMIT has already ended is no error."""
    try:
        cursor.execute("ROLLBACK")
    except duckdb.TransactionException:
        return


def _aware(value: Any) -> Any:
    return loaded(value) if isinstance(value, datetime) else value
