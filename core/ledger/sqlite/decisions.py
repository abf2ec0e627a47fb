"""Decisions in SQLite: which act is newer is said by its number alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import Action, Decision

_FIELDS = tuple(field.name for field in fields(Decision))
_COLUMNS = ", ".join(_FIELDS)
_TYPES = {"seq": pa.int64(), "example_id": pa.int64(), "decided_at": pa.timestamp("us")}
ACTS_SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in ("seq", *_FIELDS)])
"""Acts as they are read by those who follow them."""


class SqliteDecisions:
    """See `core.ledger.contract.Decisions`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def append(self, decisions: Sequence[Decision]) -> int:
        if not decisions:
            return 0
        with self._file.write() as connection:
            before = connection.total_changes
            connection.executemany(
                f"""INSERT INTO decisions ({_COLUMNS}) VALUES ({", ".join("?" * len(_FIELDS))})
                    ON CONFLICT DO NOTHING""",
                [_row(decision) for decision in decisions],
            )
            return connection.total_changes - before

    def newest(self) -> int:
        with self._file.connection() as connection:
            (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM decisions").fetchone()
        return int(seq)

    def since(self, seq: int, at_most: int = -1) -> pa.Table:
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT seq, {_COLUMNS} FROM decisions WHERE seq > ? ORDER BY seq LIMIT ?", [seq, at_most]
            ).fetchall()
        columns = zip(*rows, strict=True) if rows else ((),) * len(ACTS_SCHEMA)
        read = [pa.array(values, field.type) for values, field in zip(columns, ACTS_SCHEMA, strict=True)]
        return pa.Table.from_arrays(read, schema=ACTS_SCHEMA)

    def by_client_key(self, client_keys: Sequence[str]) -> dict[str, Decision]:
        found = self._found("WHERE client_key IN (SELECT value FROM json_each(?))", [json.dumps(list(client_keys))])
        return {decision.client_key: decision for decision in found}

    def by_id(self, decision_id: str) -> Decision | None:
        found = self._found("WHERE decision_id = ?", [decision_id])
        return found[0] if found else None

    def taken_back(self, decision_ids: Sequence[str]) -> set[str]:
        with self._file.connection() as connection:
            rows = connection.execute(
                "SELECT undoes FROM decisions WHERE undoes IN (SELECT value FROM json_each(?))",
                [json.dumps(list(decision_ids))],
            ).fetchall()
        return {decision_id for (decision_id,) in rows}

    def page(
        self,
        dataset_id: str,
        *,
        reviewer: str | None = None,
        action: Action | None = None,
        version_id: str | None = None,
        example_id: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Decision]:
        condition, values = _narrowed(dataset_id, reviewer, action, version_id, example_id)
        return self._found(f"WHERE {condition} ORDER BY seq DESC LIMIT ? OFFSET ?", [*values, limit, offset])

    def count(
        self,
        dataset_id: str,
        *,
        reviewer: str | None = None,
        action: Action | None = None,
        version_id: str | None = None,
        example_id: int | None = None,
    ) -> int:
        condition, values = _narrowed(dataset_id, reviewer, action, version_id, example_id)
        with self._file.connection() as connection:
            (found,) = connection.execute(f"SELECT count(*) FROM decisions WHERE {condition}", values).fetchone()
        return int(found)

    def last_undoable(self, version_id: str, reviewer: str) -> Decision | None:
        found = self._found(
            """d WHERE version_id = ? AND reviewer = ? AND action NOT IN ('undo', 'ask')
               AND NOT EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.decision_id)
               ORDER BY seq DESC LIMIT 1""",
            [version_id, reviewer],
        )
        return found[0] if found else None

    def _found(self, clauses: str, values: Sequence[Any]) -> list[Decision]:
        with self._file.connection() as connection:
            return found_decisions(connection, clauses, values)


def found_decisions(connection: sqlite3.Connection, clauses: str, values: Sequence[Any]) -> list[Decision]:
    """The decisions that these clauses choose."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM decisions {clauses}", values).fetchall()
    return [_decision(row) for row in rows]


def _row(decision: Decision) -> tuple[Any, ...]:
    kept = {"decided_at": micros(decision.decided_at), "shown": json.dumps(dict(decision.shown))}
    return tuple(kept[name] if name in kept else getattr(decision, name) for name in _FIELDS)


def _decision(row: tuple[Any, ...]) -> Decision:
    values = dict(zip(_FIELDS, row, strict=True))
    return Decision(**{**values, "decided_at": moment(values["decided_at"]), "shown": json.loads(values["shown"])})


def _narrowed(
    dataset_id: str,
    reviewer: str | None,
    action: str | None,
    version_id: str | None,
    example_id: int | None,
) -> tuple[str, list[Any]]:
    given = {
        "dataset_id": dataset_id,
        "reviewer": reviewer,
        "action": action,
        "version_id": version_id,
        "example_id": example_id,
    }
    chosen = {column: value for column, value in given.items() if value is not None}
    parts = [f"{column} = ?" for column in chosen]
    return " AND ".join(parts), list(chosen.values())
