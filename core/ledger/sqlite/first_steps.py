"""Which datasets' first steps were put away, in SQLite."""

from __future__ import annotations

from datetime import UTC, datetime

from core.ledger.sqlite.file import LedgerFile, micros


class SqliteFirstSteps:
    """See `core.ledger.contract.FirstSteps`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def put_away(self, dataset_id: str, by: str) -> None:
        with self._file.connection() as connection:
            connection.execute(
                """INSERT INTO put_away (dataset_id, put_away_at, put_away_by) VALUES (?, ?, ?)
                   ON CONFLICT (dataset_id) DO NOTHING""",
                [dataset_id, micros(datetime.now(UTC)), by],
            )

    def bring_back(self, dataset_id: str) -> None:
        with self._file.connection() as connection:
            connection.execute("DELETE FROM put_away WHERE dataset_id = ?", [dataset_id])

    def are_away(self, dataset_id: str) -> bool:
        with self._file.connection() as connection:
            found = connection.execute("SELECT 1 FROM put_away WHERE dataset_id = ?", [dataset_id]).fetchone()
        return found is not None
