"""Of which datasets whatever leaves Winnow is masked, in SQLite: who said so, and when."""

from __future__ import annotations

from datetime import UTC, datetime

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import MaskRule


class SqliteMasking:
    """See `core.ledger.contract.Masking`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def append(self, dataset_id: str, on: bool, by: str) -> None:
        with self._file.connection() as connection:
            connection.execute(
                "INSERT INTO mask_rules (dataset_id, is_on, set_by, set_at) VALUES (?, ?, ?, ?)",
                [dataset_id, int(on), by, micros(datetime.now(UTC))],
            )

    def standing(self, dataset_id: str) -> MaskRule | None:
        with self._file.connection() as connection:
            found = connection.execute(
                "SELECT is_on, set_by, set_at FROM mask_rules WHERE dataset_id = ? ORDER BY seq DESC LIMIT 1",
                [dataset_id],
            ).fetchone()
        return None if found is None else MaskRule(bool(found[0]), str(found[1]), moment(found[2]))

    def on(self) -> frozenset[str]:
        with self._file.connection() as connection:
            found = connection.execute(
                """SELECT dataset_id FROM mask_rules WHERE is_on = 1
                   AND seq IN (SELECT max(seq) FROM mask_rules GROUP BY dataset_id)"""
            ).fetchall()
        return frozenset(str(one) for (one,) in found)
