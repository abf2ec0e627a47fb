"""The state of every job, in a small SQLite file that many processes read and write (WAL). Knows no process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal

from core.errors import StoreError, WorkspaceDamagedError
from core.queue.folder import JobFolder
from core.records import ENDED, JobStatus
from core.settings import Workspace
from core.sqlite import damage_said, integrity_of, tables_of, version_of
from core.sqlite_log import problem_of_log

WAIT_SECONDS = 20.0
"""How long a write waits for another process's write."""
WORKS = "Datasets and decisions are kept apart from it, and what jobs have made lies in their folders under runs/."
BACK = "`python -m core repair` makes it anew from the job folders."
VERSION = 1
"""Of the file, as `user_version`."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    module TEXT NOT NULL,               -- empty: run by a thread of the process that made it
    launch TEXT NOT NULL,
    needs_device INTEGER NOT NULL,
    dataset_id TEXT,
    folder TEXT NOT NULL,               -- its name in `runs`; of earlier releases the path that it once had
    status TEXT NOT NULL,
    created_at REAL NOT NULL,           -- this and the other times: epoch seconds
    created_by TEXT NOT NULL,
    started_at REAL,
    ended_at REAL,
    device TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    collected INTEGER NOT NULL DEFAULT 0,
    parts INTEGER NOT NULL DEFAULT 0,   -- how many parts of its output have been taken in
    leader_pid INTEGER,                 -- the identity of the job's first process
    leader_started TEXT,
    leader_command TEXT,
    processes INTEGER NOT NULL DEFAULT 1, -- under accelerate; 0: one per device
    request TEXT,                       -- a digest of what was asked for, where it is done once at a time
    lane TEXT NOT NULL DEFAULT 'long',  -- `core.queue.launcher.Lane`
    place REAL,                         -- its place among those that wait, where somebody moved it; else seq
    estimate REAL                       -- seconds that it will take, as far as that was foreseen
)
"""
PACES = """
CREATE TABLE IF NOT EXISTS paces (
    key TEXT PRIMARY KEY,
    seconds REAL NOT NULL,              -- for one unit of that work on this machine
    units REAL NOT NULL                 -- how many stand behind that
)
"""
ADDED = (
    "processes INTEGER NOT NULL DEFAULT 1",
    "request TEXT",
    "lane TEXT NOT NULL DEFAULT 'long'",
    "place REAL",
    "estimate REAL",
)
"""Columns that a workspace made by an earlier release lacks."""
UNDER_WAY = """
CREATE UNIQUE INDEX IF NOT EXISTS jobs_under_way ON jobs (request)
WHERE status NOT IN ('done', 'failed', 'cancelled', 'stopped', 'lost')
"""
"""Of a request no two jobs are under way, whichever threads and processes ask at once."""
RENAMED = (
    "UPDATE jobs SET kind = 'cleaning_effect' WHERE kind = 'cleaning'",
    "UPDATE jobs SET kind = 'hub' WHERE kind = 'load' AND (module LIKE '%.hub' OR module LIKE '%.hub.run')",
)
"""Kinds of jobs that had another name in an earlier release."""

Row = sqlite3.Row
_WAITING = "WHERE status = 'queued' AND needs_device = 1"


class JobTable:
    """The jobs of one workspace. A connection per call: any thread of any process may use it."""

    def __init__(self, path: Path) -> None:
        """Raises `StoreError` for a file of a newer Winnow, `WorkspaceDamagedError` for what is no such table; so does
        every call that meets damage."""
        self.path = path
        self._runs = Workspace(path.parent.resolve()).runs
        path.parent.mkdir(parents=True, exist_ok=True)
        check_is_jobs(path)
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(SCHEMA)
            self._add_columns(connection)
            connection.execute(UNDER_WAY)
            connection.execute(PACES)
            self._rename(connection)
        # As long as one is open, the log and its index stay: on a full disk others can read, and mostly write.
        self._keeps = self._connect()
        with damage_said(path, WORKS, BACK):
            self._keeps.execute("SELECT count(*) FROM jobs").fetchone()

    def insert(self, **values: Any) -> bool:
        """Writes a new job down, unless one of the same `request` is under way. Returns whether it did."""
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._connection() as connection:
            try:
                connection.execute(f"INSERT INTO jobs ({columns}) VALUES ({marks})", tuple(values.values()))
            except sqlite3.IntegrityError as error:
                if "jobs.request" not in str(error):
                    raise
                return False
            return True

    def under_way(self, request: str) -> Row | None:
        """The job of that request that has not ended."""
        rows = self._rows(f"WHERE request = ? AND status NOT IN ({_marks(ENDED)})", (request, *ENDED))
        return rows[0] if rows else None

    def update(self, job_id: str, only_if: Sequence[JobStatus] = (), **values: object) -> bool:
        """Sets columns of a job, with `only_if` only while its status is one of these. Returns whether it did."""
        assignments = ", ".join(f"{column} = ?" for column in values)
        condition = f" AND status IN ({_marks(only_if)})" if only_if else ""
        with self._connection() as connection:
            changed = connection.execute(
                f"UPDATE jobs SET {assignments} WHERE job_id = ?{condition}", (*values.values(), job_id, *only_if)
            )
            return changed.rowcount == 1

    def folder(self, job_id: str) -> JobFolder:
        """Where a job of this table has its files: beside the table, wherever a copied or moved workspace lies. What
        the row says was true where the job was made."""
        return JobFolder(self._runs / job_id)

    def row(self, job_id: str) -> Row | None:
        rows = self._rows("WHERE job_id = ?", (job_id,))
        return rows[0] if rows else None

    def newest(self, limit: int, offset: int) -> list[Row]:
        """Newest first."""
        return self._rows("ORDER BY seq DESC LIMIT ? OFFSET ?", (limit, offset))

    def found(self, states: Sequence[JobStatus], kind: str | None, limit: int, offset: int) -> tuple[int, list[Row]]:
        """How many jobs are in one of the states (none: any) and of the kind, and some of them, newest first."""
        conditions = [f"status IN ({_marks(states)})"] if states else []
        conditions += ["kind = ?"] if kind else []
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        values = [*states, *([kind] if kind else [])]
        with self._connection() as connection:
            (count,) = connection.execute(f"SELECT count(*) FROM jobs {where}", values).fetchone()
        return int(count), self._rows(f"{where} ORDER BY seq DESC LIMIT ? OFFSET ?", [*values, limit, offset])

    def of(self, kind: str, dataset_id: str) -> list[Row]:
        """The jobs of a kind on a dataset, newest first."""
        return self._rows("WHERE kind = ? AND dataset_id = ? ORDER BY seq DESC", (kind, dataset_id))

    def remove(self, dataset_id: str) -> list[str]:
        """Takes the ended jobs of a dataset off the table and returns their ids."""
        with self._connection() as connection:
            rows = connection.execute(
                f"DELETE FROM jobs WHERE dataset_id = ? AND status IN ({_marks(ENDED)}) RETURNING job_id",
                (dataset_id, *ENDED),
            ).fetchall()
            return [str(row["job_id"]) for row in rows]

    def remove_one(self, job_id: str) -> bool:
        """Takes a job off the table if it has ended. Returns whether it did."""
        with self._connection() as connection:
            gone = f"DELETE FROM jobs WHERE job_id = ? AND status IN ({_marks(ENDED)})"
            return connection.execute(gone, (job_id, *ENDED)).rowcount == 1

    def count(self) -> int:
        with self._connection() as connection:
            return int(connection.execute("SELECT count(*) FROM jobs").fetchone()[0])

    def active(self) -> list[Row]:
        """Jobs that have not ended, in the order of their creation."""
        return self._rows(f"WHERE status NOT IN ({_marks(ENDED)}) ORDER BY seq", ENDED)

    def waiting(self) -> list[str]:
        """The ids of the jobs that wait for a device slot, next first: short ones before long ones, then in the order
        in which they were made, unless somebody has moved them."""
        return [row["job_id"] for row in self._rows(f"{_WAITING} ORDER BY lane <> 'short', coalesce(place, seq)")]

    def waiting_beside(self) -> list[str]:
        """The ids of those among them that may run beside the others, next first."""
        rows = self._rows(f"{_WAITING} AND lane <> 'long' ORDER BY coalesce(place, seq)")
        return [row["job_id"] for row in rows]

    def move(self, job_id: str, where: Literal["first", "up", "down"]) -> bool:
        """Gives a job that waits another place among those of its lane. Returns whether it waits and could go there."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                moved = _move(connection, job_id, where)
            finally:
                connection.execute("COMMIT")
            return moved

    def pace(self, key: str) -> float | None:
        """Seconds that a unit of that work has taken on this machine; None for what has not been done yet."""
        with self._connection() as connection:
            row = connection.execute("SELECT seconds FROM paces WHERE key = ?", (key,)).fetchone()
            return None if row is None else float(row[0])

    def learn_pace(self, key: str, seconds: float, units: float, weight: float) -> None:
        """Takes down that so many units took so many seconds: the newest counts by `weight` in 0–1, since machines,
        and what else they do, change."""
        with self._connection() as connection:
            connection.execute(
                """INSERT INTO paces VALUES (:key, :pace, :units) ON CONFLICT (key) DO UPDATE SET
                   seconds = (1 - :weight) * seconds + :weight * :pace, units = units + :units""",
                {"key": key, "pace": seconds / units, "units": units, "weight": weight},
            )

    def uncollected(self) -> list[Row]:
        """Jobs that have or may have output which has not been taken in, in the order of their creation."""
        ran = "(status NOT IN ('preparing', 'queued') OR (status = 'queued' AND started_at IS NOT NULL))"
        return self._rows(f"WHERE collected = 0 AND {ran} ORDER BY seq")

    def ended_since(self, moment: float) -> list[Row]:
        """Jobs that have ended after that moment (epoch seconds), in the order of their ends."""
        return self._rows("WHERE ended_at > ? ORDER BY ended_at", (moment,))

    def failed(self) -> list[Row]:
        """Jobs that failed, in the order of their creation."""
        return self._rows("WHERE status = 'failed' ORDER BY seq")

    def _rows(self, clauses: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._connection() as connection:
            return connection.execute(f"SELECT * FROM jobs {clauses}", tuple(parameters)).fetchall()

    @staticmethod
    def _add_columns(connection: sqlite3.Connection) -> None:
        present = {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}
        for column in ADDED:
            if column.split()[0] in present:
                continue
            try:
                connection.execute(f"ALTER TABLE jobs ADD COLUMN {column}")
            except sqlite3.OperationalError as error:  # another process was quicker
                if "duplicate column" not in str(error):
                    raise

    @staticmethod
    def _rename(connection: sqlite3.Connection) -> None:
        """Once per file: a write would wait for the writes of all others each time that the table is opened."""
        if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
            for statement in RENAMED:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with damage_said(self.path, WORKS, BACK):
            connection = self._connect()
            connection.row_factory = sqlite3.Row
            try:
                yield connection
            finally:
                connection.close()


def check_is_jobs(path: Path) -> None:
    """Raises `WorkspaceDamagedError` for a file that is there and is something else, `StoreError` for one of a newer
    Winnow; looks at no row of it."""
    with damage_said(path, WORKS, BACK):
        found, version = tables_of(path), version_of(path)
    if found and not found.get("jobs", frozenset()) >= {"job_id", "kind", "folder", "status", "collected"}:
        raise jobs_damaged(path, f"it is another database, with {', '.join(sorted(found)[:3])}")
    if version > VERSION:
        raise StoreError(
            f"The workspace {path.parent} is of a newer Winnow: its jobs have version {version}, and this one knows up "
            f"to {VERSION}.",
            "Update Winnow, or open another workspace: --workspace FOLDER.",
        )


def jobs_damaged(path: Path, said: str) -> WorkspaceDamagedError:
    """What is raised of a damaged table."""
    return WorkspaceDamagedError(path, said, WORKS, BACK)


def has_jobs(path: Path) -> bool:
    """Whether the file holds a job; not where there is none. Raises as `check_is_jobs`."""
    check_is_jobs(path)
    with damage_said(path, WORKS, BACK):
        if not tables_of(path):
            return False
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            return connection.execute("SELECT 1 FROM jobs LIMIT 1").fetchone() is not None


def problem_of(path: Path) -> str:
    """What is wrong with the file, all of it read; empty where it is whole, or not there. Raises `StoreError` for one
    of a newer Winnow."""
    if problem := problem_of_log(path):
        return problem
    try:
        check_is_jobs(path)
        with damage_said(path, WORKS, BACK):
            found = integrity_of(path) if tables_of(path) else ""
    except WorkspaceDamagedError as error:
        return error.said
    return f"SQLite says “{found}”" if found else ""


def _move(connection: sqlite3.Connection, job_id: str, where: str) -> bool:
    """Swaps places with the neighbour of its lane, or goes before all of them."""
    rows = connection.execute(
        f"""SELECT job_id, coalesce(place, seq) FROM jobs {_WAITING}
            AND (lane = 'short') = (SELECT lane = 'short' FROM jobs WHERE job_id = ?) ORDER BY 2""",
        (job_id,),
    ).fetchall()
    names, places = [row[0] for row in rows], [float(row[1]) for row in rows]
    if job_id not in names:
        return False
    own = names.index(job_id)
    other = {"first": 0, "up": own - 1, "down": own + 1}[where]
    if other == own or not 0 <= other < len(names):
        return False
    changed = {job_id: places[0] - 1} if where == "first" else {job_id: places[other], names[other]: places[own]}
    for name, place in changed.items():
        connection.execute("UPDATE jobs SET place = ? WHERE job_id = ?", (place, name))
    return True


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
