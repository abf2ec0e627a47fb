"""Runs: one row per fine-tune, its figures step by step, and the taking in of what it predicted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.errors import NotFoundError
from core.records import Metric, Run
from core.store.database import Cursor, Database
from core.store.times import loaded, now, stored

_SELECT = """SELECT run_id, number, dataset_id, version_id, title, created_at, created_by, spec, labels, summary
             FROM runs"""


def add_run(
    db: Database,
    *,
    run_id: str,
    dataset_id: str,
    version_id: str,
    title: str,
    spec: Mapping[str, Any],
    labels: Sequence[str],
    by: str,
) -> Run:
    """Writes down a run that is about to start, under the dataset's next number; a second call for the same id changes
    nothing and returns the first."""
    with db.write() as cursor:
        cursor.execute(
            """INSERT INTO runs
               SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, '{}' FROM runs WHERE dataset_id = ?
               HAVING NOT EXISTS (SELECT 1 FROM runs WHERE run_id = ?)""",
            [
                *(run_id, dataset_id, version_id, title, stored(now()), by, json.dumps(dict(spec)), list(labels)),
                *(dataset_id, run_id),
            ],
        )
    return get_run(db, dataset_id, run_id)


def get_run(db: Database, dataset_id: str, name: str) -> Run:
    """A dataset's run by its number or its id. Raises `NotFoundError` with the numbers that exist."""
    row = db.fetch_one(
        f"{_SELECT} WHERE dataset_id = ? AND (CAST(number AS VARCHAR) = ? OR run_id = ?)", [dataset_id, name, name]
    )
    if row is None:
        known = ", ".join(str(run.number) for run in reversed(list_runs(db, dataset_id)))
        hint = f"This dataset has: {known}." if known else "This dataset has none yet: train one first."
        raise NotFoundError(f"Run {name!r} not found.", hint)
    return _run(row)


def list_runs(db: Database, dataset_id: str) -> list[Run]:
    """Every run of a dataset, newest first."""
    return [_run(row) for row in db.fetch(f"{_SELECT} WHERE dataset_id = ? ORDER BY number DESC", [dataset_id])]


def finish_run(
    db: Database,
    run_id: str,
    summary: Mapping[str, Any],
    metrics: Sequence[Metric],
    predictions_parquet: Path,
    labels: Sequence[str],
) -> None:
    """Takes in what a run has come to; a second call changes nothing.

    `predictions_parquet` has `row_id`, `split`, `predicted` (position in `labels`) and `confidence`; a row's position
    in it is that of its probabilities. Raises `NotFoundError` for a run that was never added.
    """
    with db.write() as cursor:
        known = cursor.execute("SELECT summary FROM runs WHERE run_id = ?", [run_id]).fetchone()
        if known is None:
            raise NotFoundError(f"Run {run_id!r} not found.", "Its dataset was deleted, or it was never started.")
        if known[0] != "{}":
            return
        _write_metrics(cursor, run_id, metrics)
        _take_in(cursor, run_id, predictions_parquet, labels)
        cursor.execute("UPDATE runs SET summary = ? WHERE run_id = ?", [json.dumps(dict(summary)), run_id])


def run_metrics(db: Database, run_id: str) -> list[Metric]:
    """The figures of a finished run by step, in the order in which it gave them."""
    rows = db.fetch(
        "SELECT step, epoch, split, name, value FROM metrics WHERE run_id = ? ORDER BY step, rowid", [run_id]
    )
    return [Metric(*row) for row in rows]


def _write_metrics(cursor: Cursor, run_id: str, metrics: Sequence[Metric]) -> None:
    if not metrics:
        return
    columns = ("step", "epoch", "split", "name", "value")
    table = pa.table({column: [getattr(metric, column) for metric in metrics] for column in columns})
    cursor.register("figures", table)
    cursor.execute(f"INSERT INTO metrics SELECT ?, {', '.join(columns)} FROM figures", [run_id])
    cursor.unregister("figures")


def _take_in(cursor: Cursor, run_id: str, predictions_parquet: Path, labels: Sequence[str]) -> None:
    """Sorted as they are asked for: the rows of one predicted class lie together, the surest first."""
    names = pa.table({"class": pa.array(range(len(labels)), pa.int64()), "name": pa.array(list(labels), pa.string())})
    cursor.register("names", names)
    cursor.execute(
        """INSERT INTO predictions
           SELECT ?, p.file_row_number, p.row_id, p.split, n.name, p.confidence
           FROM read_parquet(?, file_row_number = true) p JOIN names n ON n.class = p.predicted
           ORDER BY p.split, n.name, p.confidence DESC, p.row_id""",
        [run_id, str(predictions_parquet)],
    )
    cursor.unregister("names")


def _run(row: tuple[Any, ...]) -> Run:
    *keys, created_at, created_by, spec, labels, summary = row
    return Run(*[*keys, loaded(created_at), created_by, json.loads(spec), tuple(labels), json.loads(summary)])
