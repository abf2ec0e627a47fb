"""Versions in SQLite: how each came to be, so that it can be made again."""

from __future__ import annotations

from collections.abc import Sequence

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import KeptVersion, Version

_COLUMNS = """version_id, dataset_id, number, parent_id, kind, note, fingerprint, row_count, created_at, created_by,
              acts_up_to, job_id, splits"""


class SqliteVersions:
    """See `core.ledger.contract.Versions`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def keep(self, versions: Sequence[KeptVersion]) -> None:
        if not versions:
            return
        with self._file.write() as connection:
            connection.executemany(
                f"""INSERT INTO versions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (version_id) DO NOTHING""",
                [_row(one) for one in versions],
            )

    def ids(self) -> set[str]:
        with self._file.connection() as connection:
            return {version_id for (version_id,) in connection.execute("SELECT version_id FROM versions")}

    def by_id(self, version_id: str) -> KeptVersion | None:
        with self._file.connection() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM versions WHERE version_id = ?", [version_id]).fetchone()
        if row is None:
            return None
        *keys, created_at, created_by, acts_up_to, job_id, splits = row
        return KeptVersion(Version(*[*keys, moment(created_at), created_by, acts_up_to]), job_id, splits)

    def in_order(self) -> list[str]:
        with self._file.connection() as connection:
            return [
                version_id
                for (version_id,) in connection.execute("SELECT version_id FROM versions ORDER BY dataset_id, number")
            ]


def _row(kept: KeptVersion) -> tuple[object, ...]:
    one = kept.version
    return (
        *(one.version_id, one.dataset_id, one.number, one.parent_id, one.kind, one.note, one.fingerprint),
        *(one.row_count, micros(one.created_at), one.created_by, one.acts_up_to, kept.job_id, kept.splits),
    )
