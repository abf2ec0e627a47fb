"""The rows that have a tag as DuckDB reads them: a table in memory beside the acts, brought up to the ledger before it
is read. It has what holds, not how that came to be."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Protocol

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.records import TagAct

TAGGED = "acts.tagged"
"""The table: `tag_number`, `example_id`, each once."""
AT_A_TIME = 1_000_000
"""Rows of acts that are in memory together."""
Acts = list[tuple[int, TagAct, NDArray[np.int64]]]
"""Acts by their number, each with its rows."""


class TagLog(Protocol):
    """Where tags are kept."""

    def newest(self) -> int:
        """The number of the newest act; 0 before the first."""

    def since(self, seq: int, at_most: int) -> Acts:
        """The acts with greater numbers, oldest first; no more once so many rows were read."""

    def of_tag(self, dataset_id: str, tag: str) -> Acts:
        """The acts of one tag that nobody took back, oldest first."""


class TagMirror:
    """Follows one log."""

    def __init__(self) -> None:
        self._log: TagLog | None = None
        self.seq = 0
        """The number of the newest act that was taken in."""
        self._numbers: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def follow(self, log: TagLog | None) -> None:
        """Follows this log from now on; without one, no row ever had a tag."""
        self._log = log

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the table on a new connection on which `acts` is attached, to be filled anew."""
        with self._lock:
            connection.execute(f"CREATE OR REPLACE TABLE {TAGGED} (tag_number INTEGER, example_id BIGINT)")
            self.seq = 0

    def catch_up(self, cursor: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], int]:
        """Takes in what was done since the last time; the number of each tag by its dataset and itself."""
        if self._log is None:
            return {}
        with self._lock:
            newest = self._log.newest()
            while newest > self.seq:
                acts = self._log.since(self.seq, AT_A_TIME)
                if not acts:
                    break
                self._take_in(cursor, self._log, acts)
                self.seq = acts[-1][0]
            return dict(self._numbers)

    def _take_in(self, cursor: duckdb.DuckDBPyConnection, log: TagLog, acts: Acts) -> None:
        """All at once, so that nobody sees half of an act. Of a tag of which something was taken back, all that stands
        is gone through again."""
        changed: dict[tuple[str, str], Acts] = {}
        again = {(act.dataset_id, act.tag) for _, act, _ in acts if act.undoes is not None}
        for one in acts:
            changed.setdefault((one[1].dataset_id, one[1].tag), []).append(one)
        for of in again:
            changed[of] = log.of_tag(*of)
        cursor.execute("BEGIN")
        try:
            for of, each in changed.items():
                number = self._numbers.setdefault(of, len(self._numbers))
                self._change(cursor, number, *_standing(each), whole=of in again)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise

    def _change(
        self,
        cursor: duckdb.DuckDBPyConnection,
        number: int,
        rows: NDArray[np.int64],
        puts: NDArray[np.bool_],
        *,
        whole: bool,
    ) -> None:
        there = cursor.execute(f"SELECT 1 FROM {TAGGED} WHERE tag_number = {number} LIMIT 1").fetchone()
        cursor.register("new_tags", pa.table({"example_id": rows, "puts": puts}))
        among = "" if whole else " AND example_id IN (SELECT example_id FROM new_tags)"
        if there:
            cursor.execute(f"DELETE FROM {TAGGED} WHERE tag_number = {number}{among}")
        cursor.execute(f"INSERT INTO {TAGGED} SELECT {number}, example_id FROM new_tags WHERE puts")
        cursor.unregister("new_tags")


def _standing(acts: Iterable[tuple[int, TagAct, NDArray[np.int64]]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The rows of these acts, and whether the last one of each puts the tag on it."""
    each = [(rows, np.full(len(rows), act.puts)) for _, act, rows in acts]
    if not each:
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    rows, puts = (np.concatenate(part)[::-1] for part in zip(*each, strict=True))
    found, first = np.unique(rows, return_index=True)
    return found, puts[first]
