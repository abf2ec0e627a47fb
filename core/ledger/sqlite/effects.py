"""Effects in SQLite."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import ArmComparison, CleaningEffect, Difference, EffectScoring, Estimate, ReviewedRows

_COLUMNS = "effect_id, dataset_id, version_id, created_at, created_by, settings, summary"


class SqliteEffects:
    """See `core.ledger.contract.Effects`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def add(
        self,
        *,
        effect_id: str,
        dataset_id: str,
        version_id: str,
        settings: Mapping[str, Any],
        summary: Mapping[str, Any],
        by: str,
        at: datetime,
    ) -> None:
        with self._file.connection() as connection:
            connection.execute(
                f"INSERT INTO effects ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (effect_id) DO NOTHING",
                [
                    *(effect_id, dataset_id, version_id, micros(at), by),
                    *(json.dumps(dict(settings)), json.dumps(dict(summary))),
                ],
            )

    def of(self, version_id: str) -> list[CleaningEffect]:
        with self._file.connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM effects WHERE version_id = ? ORDER BY seq DESC", [version_id]
            ).fetchall()
        return [_effect(row) for row in rows]


def _effect(row: tuple[Any, ...]) -> CleaningEffect:
    effect_id, dataset_id, version_id, created_at, created_by, settings, summary = row
    found = json.loads(summary)
    return CleaningEffect(
        effect_id,
        dataset_id,
        version_id,
        moment(created_at),
        created_by,
        json.loads(settings),
        ReviewedRows(**found["train"]),
        ReviewedRows(**found["test"]),
        tuple(_scoring(one) for one in found["scorings"]),
        tuple(found["notes"]),
        found["seconds"],
        found["device"],
    )


def _scoring(one: Mapping[str, Any]) -> EffectScoring:
    comparisons = tuple(
        ArmComparison(each["first"], each["second"], tuple(_difference(found) for found in each["differences"]))
        for each in one["comparisons"]
    )
    return EffectScoring(one["labels_from"], one["rows"], comparisons)


def _difference(one: Mapping[str, Any]) -> Difference:
    found = Estimate(one["difference"], *one["interval"])
    return Difference(one["name"], one["first"], one["second"], found, one["support"])
