"""The file: its tables, and connections to it. Knows nothing of what the rows mean."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import StoreError, WorkspaceDamagedError
from core.sqlite import damage_said, tables_of

WAIT_SECONDS = 20.0
"""How long a write waits for another process's write."""
WORKS = "Datasets, versions and scans are kept apart from it, in winnow.duckdb."
BACK = (
    "`python -m core check` says what is whole; `python -m core restore` gets back every act that can be read, here or "
    "in a backup."
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SCHEMAS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE decisions (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of acts; never given twice, even after deletions
            decision_id TEXT NOT NULL UNIQUE,
            client_key TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            version_id TEXT NOT NULL,
            row_id INTEGER NOT NULL,
            action TEXT NOT NULL,
            new_label TEXT,
            reviewer TEXT NOT NULL,
            decided_at INTEGER NOT NULL,            -- this and most other times: microseconds since 1970, UTC
            scan_id TEXT,
            shown TEXT NOT NULL,
            undoes TEXT)""",
        "CREATE INDEX decisions_of_datasets ON decisions (dataset_id, seq)",
        "CREATE INDEX decisions_of_reviewers ON decisions (version_id, reviewer, seq)",
        "CREATE INDEX undos ON decisions (undoes) WHERE undoes IS NOT NULL",
        """CREATE TABLE claims (
            version_id TEXT NOT NULL,
            row_id INTEGER NOT NULL,
            session TEXT NOT NULL,
            until INTEGER NOT NULL,                 -- microseconds of the machine's monotonic clock
            owner TEXT NOT NULL,                    -- the process that the session talks to: `core.identity`
            UNIQUE (version_id, row_id))""",
        """CREATE TABLE runs (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            run_id TEXT NOT NULL UNIQUE,
            number INTEGER NOT NULL,
            dataset_id TEXT NOT NULL,
            version_id TEXT NOT NULL,
            title TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            spec TEXT NOT NULL,
            labels TEXT NOT NULL,
            summary TEXT NOT NULL,
            UNIQUE (dataset_id, number))""",
        """CREATE TABLE metrics (
            run_id TEXT NOT NULL,
            place INTEGER NOT NULL,                 -- the order in which the run gave them
            step INTEGER NOT NULL,
            epoch REAL NOT NULL,
            split TEXT NOT NULL,
            name TEXT NOT NULL,
            value REAL,
            PRIMARY KEY (run_id, place)) WITHOUT ROWID""",
        """CREATE TABLE effects (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            effect_id TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            version_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            settings TEXT NOT NULL,
            summary TEXT NOT NULL)""",
    ),
    tuple(f"ALTER TABLE {table} RENAME COLUMN row_id TO example_id" for table in ("decisions", "claims")),
    (
        # What is left of a run that was deleted: its number is never given again, and whoever asks for it is told.
        "ALTER TABLE runs ADD COLUMN deleted_at INTEGER",
        "ALTER TABLE runs ADD COLUMN deleted_by TEXT",
    ),
    (
        """CREATE TABLE versions (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            version_id TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            parent_id TEXT,
            kind TEXT NOT NULL,
            note TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            row_count INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            acts_up_to INTEGER,
            job_id TEXT,
            splits BLOB)                            -- Parquet (example_id, split), where that is what it changed""",
    ),
    (
        """CREATE TABLE views (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            dataset_id TEXT NOT NULL,
            name TEXT NOT NULL,
            page TEXT NOT NULL,
            query TEXT NOT NULL,                    -- a JSON object: the parameters of its link
            saved_by TEXT NOT NULL,
            saved_at INTEGER NOT NULL,
            UNIQUE (dataset_id, name))""",
        """CREATE TABLE chosen_columns (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            dataset_id TEXT NOT NULL,
            page TEXT NOT NULL,
            person TEXT NOT NULL,
            columns TEXT NOT NULL,                  -- a JSON array of names
            UNIQUE (dataset_id, page, person))""",
    ),
    (
        # Acts on many rows. What they decided stands among the decisions, under client keys that begin with the act.
        """CREATE TABLE bulk_acts (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            act_id TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            version_id TEXT NOT NULL,
            action TEXT NOT NULL,
            label TEXT,
            among TEXT NOT NULL,
            reviewer TEXT NOT NULL,
            decided_at INTEGER NOT NULL,
            undoes TEXT)""",
        "CREATE INDEX bulk_acts_of_datasets ON bulk_acts (dataset_id, seq)",
    ),
    ("ALTER TABLE decisions ADD COLUMN note TEXT",),
    (
        # What people call a run, and note of it.
        "ALTER TABLE runs ADD COLUMN name TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    ),
    (
        """CREATE TABLE put_away (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            dataset_id TEXT NOT NULL UNIQUE,        -- whose first steps nobody wants to be shown any more
            put_away_at INTEGER NOT NULL,
            put_away_by TEXT NOT NULL)""",
    ),
    (
        # What people call classes and what belongs in them; the newest of a class holds.
        """CREATE TABLE class_names (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            act_id TEXT NOT NULL,
            dataset_id TEXT NOT NULL,
            class TEXT NOT NULL,                    -- as labels have it
            name TEXT NOT NULL,
            guideline TEXT NOT NULL,
            named_by TEXT NOT NULL,
            named_at INTEGER NOT NULL,
            UNIQUE (act_id, class))""",
        "CREATE INDEX class_names_of_datasets ON class_names (dataset_id, seq)",
    ),
    (
        # Tags put on rows and taken off; of a row and a tag the newest act that nobody took back holds.
        """CREATE TABLE tag_acts (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            act_id TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            tag TEXT NOT NULL,
            puts INTEGER NOT NULL,                  -- 1 where the rows have the tag from then on, 0 where no more
            among TEXT NOT NULL,
            tagged_by TEXT NOT NULL,
            tagged_at INTEGER NOT NULL,
            undoes TEXT,
            row_count INTEGER NOT NULL,
            example_ids BLOB NOT NULL)              -- from low to high, each less the one before, as packed by zlib""",
        "CREATE INDEX tag_acts_of_datasets ON tag_acts (dataset_id, tag, seq)",
        "CREATE UNIQUE INDEX tags_taken_back ON tag_acts (undoes) WHERE undoes IS NOT NULL",
    ),
    (
        # What a change of classes did to rows of which something had been said was not marked at first, and so passed
        # for a verdict. Such acts are known by their words.
        """UPDATE decisions SET shown = json_set(shown, '$.by_class_after_verdict', (
               SELECT CASE WHEN b.among LIKE 'class % renamed to %' THEN 'rename'
                           WHEN b.among LIKE 'classes % merged into %' THEN 'merge'
                           WHEN b.among LIKE 'rows of class % split off as %' THEN 'split' ELSE 'delete' END
               FROM bulk_acts b WHERE b.act_id = substr(client_key, 1, 32)))
           WHERE action <> 'undo' AND shown NOT LIKE '%"by_class%' AND shown NOT LIKE '%"suggested_label"%'
             AND substr(client_key, 33, 1) = ':' AND substr(client_key, 1, 32) IN (
               SELECT act_id FROM bulk_acts
               WHERE action <> 'undo' AND (
                   among LIKE 'class % renamed to %' OR among LIKE 'classes % merged into %'
                   OR among LIKE 'class % deleted' OR among LIKE 'class % deleted, its rows excluded'
                   OR among LIKE 'rows of class % split off as %'))""",
    ),
    (
        # Rules, every version of each; the newest holds.
        """CREATE TABLE rules (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            act_id TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            name TEXT NOT NULL,
            number INTEGER NOT NULL,
            filters TEXT NOT NULL,                  -- the condition, as links write filters
            label TEXT NOT NULL,
            retired INTEGER NOT NULL,               -- 1 where it says nothing from then on
            changed_by TEXT NOT NULL,
            changed_at INTEGER NOT NULL,
            UNIQUE (dataset_id, name, number))""",
    ),
    (
        # Whether whatever leaves of a dataset is masked; the newest holds.
        """CREATE TABLE mask_rules (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            dataset_id TEXT NOT NULL,
            is_on INTEGER NOT NULL,
            set_by TEXT NOT NULL,
            set_at INTEGER NOT NULL)""",
    ),
    (
        # Datasets that are a version of another one with personal data masked.
        """CREATE TABLE masked_copies (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            dataset_id TEXT NOT NULL UNIQUE,
            of_dataset TEXT NOT NULL,
            of_version TEXT NOT NULL,
            of_name TEXT NOT NULL,
            of_number INTEGER NOT NULL,
            manner TEXT NOT NULL,
            kinds TEXT NOT NULL,                    -- JSON; [] for all
            with_names INTEGER NOT NULL,
            only_some INTEGER NOT NULL,
            made_by TEXT NOT NULL,
            made_at INTEGER NOT NULL)""",
    ),
)
"""Each entry takes the file one version further; entries are never edited, only appended."""
_OWN = {"decisions", "claims", "runs", "metrics", "effects"}
"""Tables without which a file that has any is no ledger."""


class LedgerFile:
    """An open file. A connection serves one call at a time and is kept for the next: closing the last one of a file in
    WAL moves the log into it, which costs more than the write."""

    def __init__(self, path: Path) -> None:
        """Makes the file or brings it up to date. Raises `StoreError` for one that a newer Winnow has upgraded, and
        `WorkspaceDamagedError` for what is no ledger; so does every call that meets damage."""
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        check_is_ledger(path)
        with self.connection() as connection:
            _use_wal(connection)
        with self.write() as connection:
            self._upgrade(connection)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one call; each statement is a transaction of its own."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        with damage_said(self.path, WORKS, BACK):
            connection = connection or _connect(self.path)
            try:
                yield connection
            finally:
                with self._lock:
                    kept = not self._closed
                    if kept:
                        self._idle.append(connection)
                if not kept:
                    connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end, rolled back on any error; no other process writes meanwhile."""
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Closes the connections; one that is in use, after its call."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _upgrade(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(SCHEMAS):
            raise StoreError(
                f"The workspace {self.path.parent} is of a newer Winnow: its ledger has version {version}, and this "
                f"one knows up to {len(SCHEMAS)}.",
                "Update Winnow, or open another workspace: --workspace FOLDER.",
            )
        for statements in SCHEMAS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(SCHEMAS)}")


def check_is_ledger(path: Path) -> None:
    """Raises `WorkspaceDamagedError` for a file that is there and is something else; looks at no row of it."""
    with damage_said(path, WORKS, BACK):
        found = tables_of(path).keys()
    if found and not found >= _OWN:
        raise ledger_damaged(path, f"it is another database, with {', '.join(sorted(found)[:3])}")


def ledger_damaged(path: Path, said: str) -> WorkspaceDamagedError:
    """What is raised of a damaged ledger."""
    return WorkspaceDamagedError(path, said, WORKS, BACK)


def has_acts(path: Path) -> bool:
    """Whether the file holds an act, a tag, a rule or a run; not where there is none. Raises as `check_is_ledger`."""
    check_is_ledger(path)
    with damage_said(path, WORKS, BACK):
        tables = tables_of(path)
        if not tables:
            return False
        kept = [table for table in ("decisions", "runs", "tag_acts", "rules") if table in tables]
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            found = connection.execute(f"SELECT {' OR '.join(f'EXISTS (SELECT 1 FROM {table})' for table in kept)}")
            return bool(found.fetchone()[0])


def micros(moment: datetime) -> int:
    """A moment as the file keeps it; one without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """A moment as it was before it was kept, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """The change of mode does not wait for another process that makes it too, so this does."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
