"""Tags in SQLite: an act is one row of the file, with the rows of the dataset packed into it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import TagAct

_COLUMNS = "act_id, dataset_id, tag, puts, among, tagged_by, tagged_at, undoes, row_count"
_UNDONE_BY = "(SELECT u.act_id FROM tag_acts u WHERE u.undoes = t.act_id)"
_LISTED = "t.dataset_id = ? AND t.undoes IS NULL AND t.row_count >= ?"
_PACKING = 1
"""The fastest that zlib has: neighbouring rows leave it little to do."""


class SqliteTags:
    """See `core.ledger.contract.Tags`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def append(self, acts: Sequence[tuple[TagAct, Sequence[int] | NDArray[np.int64]]]) -> int:
        packed = [(act, *_packed(rows)) for act, rows in acts]
        with self._file.write() as connection:
            before = connection.total_changes
            connection.executemany(
                f"INSERT INTO tag_acts ({_COLUMNS}, example_ids) VALUES ({', '.join('?' * 10)}) ON CONFLICT DO NOTHING",
                [
                    (
                        *(act.act_id, act.dataset_id, act.tag, act.puts, act.among, act.tagged_by),
                        *(micros(act.tagged_at), act.undoes, count, content),
                    )
                    for act, count, content in packed
                ],
            )
            return connection.total_changes - before

    def newest(self) -> int:
        with self._file.connection() as connection:
            (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM tag_acts").fetchone()
        return int(seq)

    def since(self, seq: int, at_most: int) -> list[tuple[int, TagAct, NDArray[np.int64]]]:
        found, rows = [], 0
        with self._file.connection() as connection:
            for one in _found(connection, "t.seq > ? ORDER BY t.seq", [seq]):
                found.append(one)
                rows += one[1].rows + 1
                if rows >= at_most:
                    break
        return found

    def of_tag(self, dataset_id: str, tag: str) -> list[tuple[int, TagAct, NDArray[np.int64]]]:
        stands = f"t.dataset_id = ? AND t.tag = ? AND t.undoes IS NULL AND {_UNDONE_BY} IS NULL ORDER BY t.seq"
        with self._file.connection() as connection:
            return list(_found(connection, stands, [dataset_id, tag]))

    def page(self, dataset_id: str, *, limit: int, offset: int = 0, at_least: int = 1) -> list[TagAct]:
        with self._file.connection() as connection:
            found = _found(
                connection, f"{_LISTED} ORDER BY t.seq DESC LIMIT ? OFFSET ?", [dataset_id, at_least, limit, offset]
            )
            return [act for _, act, _ in found]

    def count(self, dataset_id: str, *, at_least: int = 1) -> int:
        with self._file.connection() as connection:
            counted = connection.execute(f"SELECT count(*) FROM tag_acts t WHERE {_LISTED}", [dataset_id, at_least])
            return int(counted.fetchone()[0])

    def by_id(self, act_id: str) -> TagAct | None:
        with self._file.connection() as connection:
            return next((act for _, act, _ in _found(connection, "t.act_id = ?", [act_id])), None)


def _found(
    connection: sqlite3.Connection, clauses: str, values: Sequence[Any]
) -> Iterator[tuple[int, TagAct, NDArray[np.int64]]]:
    own = ", ".join(f"t.{column.strip()}" for column in _COLUMNS.split(","))
    rows = connection.execute(
        f"SELECT t.seq, t.example_ids, {own}, {_UNDONE_BY} FROM tag_acts t WHERE {clauses}", values
    )
    for seq, content, act_id, dataset_id, tag, puts, among, by, at, undoes, count, undone_by in rows:
        act = TagAct(act_id, dataset_id, tag, bool(puts), among, by, moment(at), undoes, count, undone_by)
        yield seq, act, np.cumsum(np.frombuffer(zlib.decompress(content), "<i8"), dtype=np.int64)


def _packed(example_ids: Sequence[int] | NDArray[np.int64]) -> tuple[int, bytes]:
    """How many rows these are, and they as the file keeps them."""
    rows = np.unique(np.asarray(example_ids, np.int64))
    return len(rows), zlib.compress(np.diff(rows, prepend=np.int64(0)).astype("<i8").tobytes(), _PACKING)
