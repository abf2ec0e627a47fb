"""What people call classes, in SQLite."""

from __future__ import annotations

from collections.abc import Sequence

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import ClassNaming

_COLUMNS = "act_id, dataset_id, class, name, guideline, named_by, named_at"


class SqliteClassNames:
    """See `core.ledger.contract.ClassNames`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def append(self, namings: Sequence[ClassNaming], seen: int) -> bool:
        with self._file.write() as connection:
            newest = "SELECT coalesce(max(seq), 0) FROM class_names WHERE dataset_id = ?"
            if any(
                connection.execute(newest, [one]).fetchone() != (seen,) for one in {one.dataset_id for one in namings}
            ):
                return False
            connection.executemany(
                f"INSERT INTO class_names ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (one.act_id, one.dataset_id, one.code, one.name, one.guideline, one.by, micros(one.at))
                    for one in namings
                ],
            )
            return True

    def newest(self) -> int:
        return self._number("SELECT coalesce(max(seq), 0) FROM class_names", [])

    def newest_of(self, dataset_id: str) -> int:
        return self._number("SELECT coalesce(max(seq), 0) FROM class_names WHERE dataset_id = ?", [dataset_id])

    def standing(self, dataset_id: str) -> dict[str, ClassNaming]:
        return {one.code: one for one in reversed(self.log(dataset_id))}

    def log(self, dataset_id: str) -> list[ClassNaming]:
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM class_names WHERE dataset_id = ? ORDER BY seq DESC", [dataset_id]
            ).fetchall()
        return [
            ClassNaming(act, dataset, code, name, guideline, by, moment(at))
            for act, dataset, code, name, guideline, by, at in rows
        ]

    def _number(self, select: str, values: list[str]) -> int:
        with self._file.connection() as connection:
            return int(connection.execute(select, values).fetchone()[0])
