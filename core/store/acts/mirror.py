"""The acts as DuckDB reads them: a table in memory beside the file, brought up to the ledger before it is read.

The ledger alone says what was done: the mirror has what it reads there, or what the ledger hands over as it writes it,
and is gone with the process.
"""

from __future__ import annotations

import threading
from typing import Protocol

import duckdb
import pyarrow as pa

from core.store.acts.tag_mirror import TagMirror

ACTS = "acts.decisions"
"""The table: `seq`, the order of acts, then the fields of `Decision`."""
AT_A_TIME = 50_000
"""Acts that pass through Python together: a million of them would take more than a gigabyte on their way."""


class ActLog(Protocol):
    """Where the acts are kept."""

    def newest(self) -> int:
        """The number of the newest act; 0 before the first."""

    def since(self, seq: int, at_most: int = -1) -> pa.Table:
        """The acts with greater numbers, oldest first, in the columns of `ACTS`; from 0 on so many of them at most."""


class Mirror:
    """Follows one log."""

    def __init__(self, log: ActLog | None) -> None:
        """Without a log, nothing was ever decided."""
        self._log = log
        self._seq = 0
        self._lock = threading.Lock()
        self.tags = TagMirror()
        """Of the tags, beside the decisions."""

    def follow(self, log: ActLog) -> None:
        """Follows this log from now on; until then, nothing was ever decided."""
        self._log = log

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the table on a new connection, to be filled anew."""
        with self._lock:
            connection.execute("ATTACH IF NOT EXISTS ':memory:' AS acts")
            connection.execute(
                f"""CREATE TABLE IF NOT EXISTS {ACTS} (
                    seq BIGINT, decision_id VARCHAR, client_key VARCHAR, dataset_id VARCHAR, version_id VARCHAR,
                    example_id BIGINT, action VARCHAR, new_label VARCHAR, reviewer VARCHAR, decided_at TIMESTAMP,
                    scan_id VARCHAR, shown VARCHAR, undoes VARCHAR, note VARCHAR)"""
            )
            self._seq = 0
        self.tags.attach(connection)

    def take_in(self, cursor: duckdb.DuckDBPyConnection, acts: pa.Table) -> None:
        """Takes in acts that the log has just written, as it would read them, so that nobody has to: only where they
        follow on what is known, else `catch_up` reads them."""
        with self._lock:
            if acts.num_rows and acts.column("seq")[0].as_py() == self._seq + 1:
                _insert(cursor, acts)
                self._seq = int(acts.column("seq")[-1].as_py())

    def catch_up(self, cursor: duckdb.DuckDBPyConnection) -> int:
        """Takes in what was done since the last time and returns the number of the newest act."""
        if self._log is None:
            return 0
        with self._lock:
            newest = self._log.newest()
            while newest > self._seq:
                (known,) = cursor.execute(f"SELECT coalesce(max(seq), 0) FROM {ACTS}").fetchone() or (0,)
                new = self._log.since(known, AT_A_TIME)
                _insert(cursor, new)
                if not new.num_rows:
                    break
                (self._seq,) = cursor.execute(f"SELECT max(seq) FROM {ACTS}").fetchone() or (known,)
            return self._seq


def _insert(cursor: duckdb.DuckDBPyConnection, acts: pa.Table) -> None:
    cursor.register("new_acts", acts)
    cursor.execute(f"INSERT INTO {ACTS} SELECT * FROM new_acts")
    cursor.unregister("new_acts")
