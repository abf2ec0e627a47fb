"""Acts on many rows in SQLite. Their decisions are found by their client keys, which begin with the act's id."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from core.ledger.sqlite.decisions import found_decisions
from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import BulkAct, Decision

_COLUMNS = "act_id, dataset_id, version_id, action, label, among, reviewer, decided_at, undoes"
_OF_ACT = "client_key > b.act_id || ':' AND client_key < b.act_id || ';'"
_WROTE_ANY = f"EXISTS (SELECT 1 FROM decisions WHERE {_OF_ACT})"


class SqliteBulkActs:
    """See `core.ledger.contract.BulkActs`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def add(self, act: BulkAct) -> None:
        with self._file.connection() as connection:
            connection.execute(
                f"INSERT INTO bulk_acts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    *(act.act_id, act.dataset_id, act.version_id, act.action, act.label, act.among, act.reviewer),
                    *(micros(act.decided_at), act.undoes),
                ],
            )

    def by_id(self, act_id: str) -> BulkAct | None:
        with self._file.connection() as connection:
            found = _found(connection, "b.act_id = ?", [act_id])
        return found[0] if found else None

    def page(self, dataset_id: str, *, limit: int, offset: int = 0) -> list[BulkAct]:
        with self._file.connection() as connection:
            return _found(
                connection,
                f"b.dataset_id = ? AND {_WROTE_ANY} ORDER BY b.seq DESC LIMIT ? OFFSET ?",
                [dataset_id, limit, offset],
            )

    def count(self, dataset_id: str) -> int:
        with self._file.connection() as connection:
            (found,) = connection.execute(
                f"SELECT count(*) FROM bulk_acts b WHERE b.dataset_id = ? AND {_WROTE_ANY}", [dataset_id]
            ).fetchone()
        return int(found)

    def decisions(self, act_id: str, *, limit: int, offset: int = 0) -> list[Decision]:
        with self._file.connection() as connection:
            return found_decisions(
                connection,
                "WHERE client_key > ? || ':' AND client_key < ? || ';' ORDER BY seq LIMIT ? OFFSET ?",
                [act_id, act_id, limit, offset],
            )

    def all_decisions(self, act_id: str, *, at_a_time: int) -> Iterator[Decision]:
        after = f"{act_id}:"
        while True:
            with self._file.connection() as connection:
                # By the index of client keys: in the order of writing, each part would sort all that are left.
                found = found_decisions(
                    connection,
                    "WHERE client_key > ? AND client_key < ? || ';' ORDER BY client_key LIMIT ?",
                    [after, act_id, at_a_time],
                )
            if not found:
                return
            yield from found
            after = found[-1].client_key


def _found(connection: sqlite3.Connection, clauses: str, values: Sequence[Any]) -> list[BulkAct]:
    own = ", ".join(f"b.{column.strip()}" for column in _COLUMNS.split(","))
    rows = connection.execute(
        f"""SELECT {own}, (SELECT count(*) FROM decisions WHERE {_OF_ACT}),
                   (SELECT u.act_id FROM bulk_acts u WHERE u.undoes = b.act_id AND u.dataset_id = b.dataset_id LIMIT 1)
            FROM bulk_acts b WHERE {clauses}""",
        values,
    ).fetchall()
    return [BulkAct(*[*row[:7], moment(row[7]), *row[8:]]) for row in rows]
