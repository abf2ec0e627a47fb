"""Runs and their figures in SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import nan
from typing import Any

from core.errors import NotFoundError
from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import Metric, Run

_COLUMNS = "run_id, number, dataset_id, version_id, title, created_at, created_by, spec, labels, summary, name, note"
_KEPT = "(SELECT * FROM runs WHERE deleted_at IS NULL)"
_UNDER_WAY = "{}"
"""The summary of a run that has not come to its end."""


class SqliteRuns:
    """See `core.ledger.contract.Runs`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def add(
        self,
        *,
        run_id: str,
        dataset_id: str,
        version_id: str,
        title: str,
        spec: Mapping[str, Any],
        labels: Sequence[str],
        by: str,
    ) -> Run:
        made = Run(run_id, 0, dataset_id, version_id, title, datetime.now(UTC), by, spec, tuple(labels), {})
        with self._file.write() as connection:
            (number,) = connection.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM runs WHERE dataset_id = ?", [dataset_id]
            ).fetchone()
            _insert(connection, made, number)
        return self.by_id(run_id)

    def restore(self, run: Run, metrics: Sequence[Metric]) -> None:
        with self._file.write() as connection:
            _insert(connection, run, run.number)
            _write_metrics(connection, run.run_id, metrics)

    def describe(self, run_id: str, name: str, note: str) -> Run:
        with self._file.write() as connection:
            connection.execute(
                "UPDATE runs SET name = ?, note = ? WHERE run_id = ? AND deleted_at IS NULL", [name, note, run_id]
            )
        return self.by_id(run_id)

    def delete(self, run_id: str, by: str) -> None:
        with self._file.write() as connection:
            connection.execute("DELETE FROM metrics WHERE run_id = ?", [run_id])
            connection.execute(
                """UPDATE runs SET summary = '{}', deleted_at = ?, deleted_by = ?
                   WHERE run_id = ? AND deleted_at IS NULL""",
                [micros(datetime.now(UTC)), by, run_id],
            )

    def by_id(self, run_id: str) -> Run:
        found = self._found("WHERE run_id = ?", [run_id])
        if not found:
            self._say_deleted("run_id = ?", [run_id])
            raise NotFoundError(f"Run {run_id!r} not found.", "Its dataset was deleted, or it was never started.")
        return found[0]

    def get(self, dataset_id: str, name: str) -> Run:
        found = self._found(
            "WHERE dataset_id = ? AND (CAST(number AS TEXT) = ? OR run_id = ?)", [dataset_id, name, name]
        )
        if not found:
            self._say_deleted("dataset_id = ? AND (CAST(number AS TEXT) = ? OR run_id = ?)", [dataset_id, name, name])
            known = ", ".join(str(run.number) for run in reversed(self.of(dataset_id)))
            hint = f"This dataset has: {known}." if known else "This dataset has none yet: train one first."
            raise NotFoundError(f"Run {name!r} not found.", hint)
        return found[0]

    def of(self, dataset_id: str) -> list[Run]:
        return self._found("WHERE dataset_id = ? ORDER BY number DESC", [dataset_id])

    def finish(self, run_id: str, summary: Mapping[str, Any], metrics: Sequence[Metric]) -> None:
        with self._file.write() as connection:
            known = connection.execute("SELECT summary FROM runs WHERE run_id = ?", [run_id]).fetchone()
            if known == (_UNDER_WAY,):
                _write_metrics(connection, run_id, metrics)
                connection.execute("UPDATE runs SET summary = ? WHERE run_id = ?", [json.dumps(dict(summary)), run_id])
        self.by_id(run_id)

    def metrics(self, run_id: str) -> list[Metric]:
        with self._file.connection() as connection:
            rows = connection.execute(
                "SELECT step, epoch, split, name, value FROM metrics WHERE run_id = ? ORDER BY step, place", [run_id]
            ).fetchall()
        # SQLite keeps no NaN, which the loss of a run that diverged is.
        return [
            Metric(step, epoch, split, name, nan if value is None else value)
            for step, epoch, split, name, value in rows
        ]

    def _found(self, clauses: str, values: Sequence[Any]) -> list[Run]:
        with self._file.connection() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM {_KEPT} {clauses}", values).fetchall()
        return [_run(row) for row in rows]

    def _say_deleted(self, condition: str, values: Sequence[Any]) -> None:
        """Raises `NotFoundError` where the run has been deleted."""
        with self._file.connection() as connection:
            found = connection.execute(
                f"SELECT number, deleted_at, deleted_by FROM runs WHERE deleted_at IS NOT NULL AND {condition}", values
            ).fetchone()
        if found:
            number, at, by = found
            raise NotFoundError(
                f"Run {number} was deleted by {by} on {moment(at):%d %b %Y}.",
                "Take another one, or train it once more.",
            )


def _insert(connection: sqlite3.Connection, run: Run, number: int) -> None:
    """A run of the same id is the same run."""
    connection.execute(
        f"INSERT INTO runs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id) DO NOTHING",
        [
            *(run.run_id, number, run.dataset_id, run.version_id, run.title, micros(run.created_at), run.created_by),
            *(json.dumps(dict(run.spec)), json.dumps(list(run.labels)), json.dumps(dict(run.summary))),
            *(run.name, run.note),
        ],
    )


def _write_metrics(connection: sqlite3.Connection, run_id: str, metrics: Sequence[Metric]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO metrics (run_id, place, step, epoch, split, name, value) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(run_id, place, one.step, one.epoch, one.split, one.name, one.value) for place, one in enumerate(metrics)],
    )


def _run(row: tuple[Any, ...]) -> Run:
    *keys, created_at, created_by, spec, labels, summary, name, note = row
    told = (json.loads(spec), tuple(json.loads(labels)), json.loads(summary))
    return Run(*[*keys, moment(created_at), created_by, *told, name, note])
