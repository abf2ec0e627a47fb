"""Acts, runs and effects that a workspace of release 0.1.0 kept in DuckDB, until the ledger has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.records import Decision, Metric, Run
from core.store.database import Database
from core.store.times import loaded

_TABLES = ("decisions", "runs", "metrics", "effects")


@dataclass(frozen=True, slots=True)
class EarlierEffect:
    """A row of `effects`."""

    effect_id: str
    dataset_id: str
    version_id: str
    at: datetime
    by: str
    settings: Mapping[str, Any]
    summary: Mapping[str, Any]


def has_earlier(db: Database) -> bool:
    """Whether the file still has these tables."""
    named = ", ".join(f"'{table}'" for table in _TABLES)
    found = db.fetch(
        f"""SELECT 1 FROM duckdb_tables()
            WHERE database_name = current_database() AND schema_name = 'main' AND table_name IN ({named})"""
    )
    return bool(found)


def earlier_decisions(db: Database) -> list[Decision]:
    """In the order in which 0.1.0 took them: by their time."""
    rows = db.fetch(
        """SELECT decision_id, client_key, dataset_id, version_id, example_id, action, new_label, reviewer, decided_at,
                  scan_id, shown, undoes FROM decisions ORDER BY decided_at, decision_id"""
    )
    return [
        Decision(*[*act, loaded(decided_at), scan_id, json.loads(shown), undoes])
        for *act, decided_at, scan_id, shown, undoes in rows
    ]


def earlier_runs(db: Database) -> list[tuple[Run, list[Metric]]]:
    """Every run with its figures, oldest first."""
    figures: dict[str, list[Metric]] = {}
    for run_id, *figure in db.fetch("SELECT run_id, step, epoch, split, name, value FROM metrics ORDER BY step, rowid"):
        figures.setdefault(run_id, []).append(Metric(*figure))
    rows = db.fetch(
        """SELECT run_id, number, dataset_id, version_id, title, created_at, created_by, spec, labels, summary
           FROM runs ORDER BY created_at, number"""
    )
    runs = [
        Run(*[*keys, loaded(created_at), by, json.loads(spec), tuple(labels), json.loads(summary)])
        for *keys, created_at, by, spec, labels, summary in rows
    ]
    return [(run, figures.get(run.run_id, [])) for run in runs]


def earlier_effects(db: Database) -> list[EarlierEffect]:
    """Every effect, oldest first."""
    rows = db.fetch(
        """SELECT effect_id, dataset_id, version_id, created_at, created_by, settings, summary FROM effects
           ORDER BY created_at, effect_id"""
    )
    return [
        EarlierEffect(*[*keys, loaded(at), by, json.loads(settings), json.loads(summary)])
        for *keys, at, by, settings, summary in rows
    ]


def drop_earlier(db: Database) -> None:
    """Removes the tables, once all of them is in the ledger."""
    with db.write() as cursor:
        for table in _TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
