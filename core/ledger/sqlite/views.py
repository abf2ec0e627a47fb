"""Saved views, and the columns that people chose, in SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Hashable, Sequence
from typing import Any

from core.errors import NotFoundError, UsageError
from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import View

_COLUMNS = "dataset_id, name, page, query, saved_by, saved_at"


class SqliteViews:
    """See `core.ledger.contract.Views`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def save(self, view: View) -> None:
        with self._file.write() as connection:
            connection.execute(
                f"""INSERT INTO views ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (dataset_id, name) DO UPDATE SET page = excluded.page, query = excluded.query,
                    saved_by = excluded.saved_by, saved_at = excluded.saved_at""",
                [
                    *(view.dataset_id, view.name, view.page, json.dumps(dict(view.query), ensure_ascii=False)),
                    *(view.saved_by, micros(view.saved_at)),
                ],
            )

    def of(self, dataset_id: str) -> list[View]:
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM views WHERE dataset_id = ? ORDER BY name COLLATE NOCASE, name", [dataset_id]
            ).fetchall()
        return [_view(row) for row in rows]

    def state(self) -> Hashable:
        with self._file.connection() as connection:
            rows = connection.execute("SELECT dataset_id, name, page, query FROM views ORDER BY seq").fetchall()
        return hash(tuple(rows))

    def rename(self, dataset_id: str, name: str, to: str) -> None:
        with self._file.write() as connection:
            try:
                changed = connection.execute(
                    "UPDATE views SET name = ? WHERE dataset_id = ? AND name = ?", [to, dataset_id, name]
                )
            except sqlite3.IntegrityError:
                raise UsageError(f"There is a view named {to!r} already.", "Take another name.") from None
        if not changed.rowcount:
            raise _no_view(name)

    def delete(self, dataset_id: str, name: str) -> None:
        with self._file.write() as connection:
            found = connection.execute("DELETE FROM views WHERE dataset_id = ? AND name = ?", [dataset_id, name])
        if not found.rowcount:
            raise _no_view(name)

    def keep_columns(self, dataset_id: str, page: str, person: str, columns: Sequence[str]) -> None:
        with self._file.write() as connection:
            connection.execute(
                """INSERT INTO chosen_columns (dataset_id, page, person, columns) VALUES (?, ?, ?, ?)
                   ON CONFLICT (dataset_id, page, person) DO UPDATE SET columns = excluded.columns""",
                [dataset_id, page, person, json.dumps(list(columns), ensure_ascii=False)],
            )

    def columns(self, dataset_id: str, page: str, person: str) -> tuple[str, ...]:
        with self._file.connection() as connection:
            row = connection.execute(
                "SELECT columns FROM chosen_columns WHERE dataset_id = ? AND page = ? AND person = ?",
                [dataset_id, page, person],
            ).fetchone()
        return tuple(json.loads(row[0])) if row else ()


def _view(row: tuple[Any, ...]) -> View:
    dataset_id, name, page, query, saved_by, saved_at = row
    return View(dataset_id, name, page, tuple(json.loads(query).items()), saved_by, moment(saved_at))


def _no_view(name: str) -> NotFoundError:
    return NotFoundError(f"View {name!r} not found.", "It was renamed or deleted: list the views of the dataset.")
