"""Effects: one row per answer to the question whether cleaning helped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.records import ArmComparison, CleaningEffect, Difference, EffectScoring, ReviewedRows
from core.store.database import Database
from core.store.times import loaded, now, stored


def add_effect(
    db: Database,
    *,
    effect_id: str,
    dataset_id: str,
    version_id: str,
    settings: Mapping[str, Any],
    summary: Mapping[str, Any],
    by: str,
) -> None:
    """Writes down what a job found (`summary` is its result, see `core.jobs.cleaning_effect`); a second call for the
    same id changes nothing."""
    with db.write() as cursor:
        cursor.execute(
            """INSERT INTO effects
               SELECT ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM effects WHERE effect_id = ?)""",
            [
                *(effect_id, dataset_id, version_id, stored(now()), by),
                *(json.dumps(dict(settings)), json.dumps(dict(summary)), effect_id),
            ],
        )


def list_effects(db: Database, version_id: str) -> list[CleaningEffect]:
    """What was found of a version, newest first."""
    rows = db.fetch(
        """SELECT effect_id, dataset_id, version_id, created_at, created_by, settings, summary FROM effects
           WHERE version_id = ? ORDER BY created_at DESC, effect_id DESC""",
        [version_id],
    )
    return [_effect(row) for row in rows]


def _effect(row: tuple[Any, ...]) -> CleaningEffect:
    effect_id, dataset_id, version_id, created_at, created_by, settings, summary = row
    found = json.loads(summary)
    return CleaningEffect(
        effect_id,
        dataset_id,
        version_id,
        loaded(created_at),
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
    return Difference(**{**one, "interval": tuple(one["interval"])})
