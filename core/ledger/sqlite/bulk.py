"""Acts on many rows in SQLite. Their decisions are found by their client keys, which begin with the act's id."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.ledger.sqlite.decisions import ACTS_SCHEMA, found_decisions
from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import BulkAct, Decision

_COLUMNS = "act_id, dataset_id, version_id, action, label, among, reviewer, decided_at, undoes"
_OF_ACT = "client_key > b.act_id || ':' AND client_key < b.act_id || ';'"
_WROTE_ANY = f"EXISTS (SELECT 1 FROM decisions WHERE {_OF_ACT})"

ROW_FIELDS = ("decision_id", "example_id", "action", "new_label", "scan_id", "shown", "undoes")
"""What may differ from row to row of an act; `example_id` does."""


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

    def write(self, act: BulkAct, rows: pa.Table) -> pa.Table | None:
        # One statement for all rows: the interpreter is free for others meanwhile, and nothing is bound row by row.
        same = {name: rows.column(name)[0].as_py() for name in ROW_FIELDS if len(rows.column(name).unique()) == 1}
        varying = [name for name in ROW_FIELDS if name not in same or name == "example_id"]
        read = {name: f"json_extract(value, '$[{place}]')" for place, name in enumerate(varying)}
        values = {
            **same,
            "rows": json.dumps(list(zip(*(rows.column(name).to_pylist() for name in varying), strict=True))),
            "dataset_id": act.dataset_id,
            "version_id": act.version_id,
            "reviewer": act.reviewer,
            "decided_at": micros(act.decided_at),
            "key": f"{act.act_id}:",
        }
        columns = (*ROW_FIELDS, "dataset_id", "version_id", "reviewer", "decided_at")
        with self._file.write() as connection:
            written = connection.execute(
                f"""INSERT INTO decisions ({", ".join(columns)}, client_key)
                    SELECT {", ".join(read.get(name, f":{name}") for name in columns)}, :key || {read["example_id"]}
                    FROM json_each(:rows) WHERE true ON CONFLICT DO NOTHING""",
                values,
            ).rowcount
            (last,) = connection.execute("SELECT last_insert_rowid()").fetchone()
        if written < len(rows):
            return None
        return _as_acts(act, rows, int(last) - len(rows) + 1)

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

    def any_decision(self, act_id: str) -> Decision | None:
        with self._file.connection() as connection:
            # By the index of client keys: the first in the order of writing would take a look at all of them.
            found = found_decisions(
                connection, "WHERE client_key > ? || ':' AND client_key < ? || ';' LIMIT 1", [act_id, act_id]
            )
        return found[0] if found else None


def _as_acts(act: BulkAct, rows: pa.Table, first: int) -> pa.Table:
    """Rows of an act that were just written, as all acts are read; `first` is the number of the first."""
    count = len(rows)
    given = {
        "seq": pa.array(np.arange(first, first + count, dtype=np.int64)),
        "client_key": pc.binary_join_element_wise(act.act_id, rows.column("example_id").cast(pa.string()), ":"),
        "dataset_id": pa.repeat(act.dataset_id, count),
        "version_id": pa.repeat(act.version_id, count),
        "reviewer": pa.repeat(act.reviewer, count),
        "decided_at": pa.repeat(pa.scalar(micros(act.decided_at), pa.timestamp("us")), count),
        "note": pa.nulls(count, pa.string()),
    }
    columns = [given[name] if name in given else rows.column(name) for name in ACTS_SCHEMA.names]
    return pa.Table.from_arrays(columns, ACTS_SCHEMA.names).cast(ACTS_SCHEMA)


def _found(connection: sqlite3.Connection, clauses: str, values: Sequence[Any]) -> list[BulkAct]:
    own = ", ".join(f"b.{column.strip()}" for column in _COLUMNS.split(","))
    rows = connection.execute(
        f"""SELECT {own}, (SELECT count(*) FROM decisions WHERE {_OF_ACT}),
                   (SELECT u.act_id FROM bulk_acts u WHERE u.undoes = b.act_id AND u.dataset_id = b.dataset_id LIMIT 1)
            FROM bulk_acts b WHERE {clauses}""",
        values,
    ).fetchall()
    found = [BulkAct(*[*row[:7], moment(row[7]), *row[8:]]) for row in rows]
    return [replace(one, taken_back=True) if one.undone_by and _nothing_left(connection, one) else one for one in found]


def _nothing_left(connection: sqlite3.Connection, act: BulkAct) -> bool:
    """Whether all that an act decided is taken back. Rows are looked at one by one only where the undo has fewer."""
    (undone,) = connection.execute(
        f"SELECT count(*) FROM (SELECT ? AS act_id) b JOIN decisions ON {_OF_ACT}", [act.undone_by]
    ).fetchone()
    if undone >= act.rows:
        return True
    (left,) = connection.execute(
        f"""SELECT EXISTS (SELECT 1 FROM (SELECT ? AS act_id) b JOIN decisions d ON {_OF_ACT}
                           WHERE NOT EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.decision_id))""",
        [act.act_id],
    ).fetchone()
    return not left
