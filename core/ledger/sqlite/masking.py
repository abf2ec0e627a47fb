"""Which datasets are always masked, in all that is shown or written of them, and which are masked copies of others, in
SQLite: who said or made so, and when."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import MaskedCopy, MaskRule

_COPY = """dataset_id, of_dataset, of_version, of_name, of_number, manner, kinds, with_names, only_some, made_by,
           made_at"""


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

    def keep_copy(self, copy: MaskedCopy) -> None:
        with self._file.connection() as connection:
            connection.execute(
                f"INSERT OR IGNORE INTO masked_copies ({_COPY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(copy.dataset_id, copy.of_dataset, copy.of_version, copy.of_name, copy.of_number, copy.manner),
                    *(json.dumps(copy.kinds), int(copy.names), int(copy.some), copy.by, micros(copy.at)),
                ],
            )

    def copy_of(self, dataset_id: str) -> MaskedCopy | None:
        return next(iter(self._copies("dataset_id", dataset_id)), None)

    def copies_of(self, dataset_id: str) -> list[MaskedCopy]:
        return self._copies("of_dataset", dataset_id)

    def _copies(self, column: str, dataset_id: str) -> list[MaskedCopy]:
        with self._file.connection() as connection:
            found = connection.execute(
                f"SELECT {_COPY} FROM masked_copies WHERE {column} = ? ORDER BY seq DESC", [dataset_id]
            ).fetchall()
        return [_copy(row) for row in found]


def _copy(row: sqlite3.Row | tuple[object, ...]) -> MaskedCopy:
    *ids, number, manner, kinds, names, some, by, at = row
    dataset_id, of_dataset, of_version, of_name = map(str, ids)
    told = (int(str(number)), str(manner), tuple(json.loads(str(kinds))), bool(names), bool(some), str(by))
    return MaskedCopy(dataset_id, of_dataset, of_version, of_name, *told, moment(int(str(at))))
