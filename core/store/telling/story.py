"""What a dataset's story counts: who decided what, how large classes are, which rows are typical of them, which errors
of a run are on doubtful labels. `truth` is as in `core.store.predictions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.records import PredictedRow, RowOrder, Scan, Tally
from core.store.acts.in_force import SAID_OF_ROW, decided_sql, newest_sql
from core.store.acts.mirror import ACTS
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.predicted.columns import prediction_order
from core.store.predictions import ClassesSql


def tally(db: Database, dataset_id: str) -> list[Tally]:
    """The verdicts in force on each version by reviewer and kind, newest version first; changes of classes are none."""
    db.newest_act()
    return db.records(
        Tally,
        f"""WITH acts AS (SELECT * FROM {ACTS} WHERE dataset_id = ?)
            SELECT v.number AS version, s.reviewer, s.action, count(*) AS rows, min(s.decided_at) AS first,
                   max(s.decided_at) AS last
            FROM acts s JOIN versions v ON v.version_id = s.version_id
            WHERE s.action <> 'ask' AND s.seq IN {newest_sql("acts", SAID_OF_ROW)}
            GROUP BY ALL ORDER BY version DESC, last DESC, rows DESC""",
        [dataset_id],
    )


def class_sizes(db: Database, rows: str, classes_sql: ClassesSql, split: str | None = None) -> dict[str, int]:
    """Rows of each class in a relation, or in one split of it, most first."""
    found = db.fetch(
        f"""SELECT name, count(*) FROM (
                SELECT unnest({classes_sql("label")}) AS name FROM {rows}
                WHERE label IS NOT NULL AND (? IS NULL OR split = ?))
            GROUP BY name ORDER BY 2 DESC, 1""",
        [split, split],
    )
    return {str(name): int(count) for name, count in found}


def labelled_rows(db: Database, rows: str, split: str | None = None) -> int:
    """Rows of a relation, or of one split of it, that have a label."""
    found = db.fetch_one(
        f"SELECT count(*) FROM {rows} WHERE label IS NOT NULL AND (? IS NULL OR split = ?)", [split, split]
    )
    return int(found[0]) if found else 0


def typical_of_run(
    db: Database, run_id: str, truth: str, classes_sql: ClassesSql, count: int
) -> Mapping[str, tuple[int, ...]]:
    """Of each class the `count` rows that a run predicts right with the highest probability."""
    return _by_class(
        db.fetch(
            f"""WITH hits AS (
                    SELECT p.example_id, p.confidence, t.label FROM predictions p
                    JOIN {truth} t ON t.example_id = p.example_id AND t.label = p.predicted WHERE p.run_id = ?)
                SELECT name, example_id FROM (
                    SELECT unnest({classes_sql("label")}) AS name, example_id, confidence FROM hits)
                QUALIFY row_number() OVER (PARTITION BY name ORDER BY confidence DESC, example_id) <= {int(count)}
                ORDER BY name, confidence DESC, example_id""",
            [run_id],
        )
    )


def typical_of_scan(
    db: Database, scan_id: str, truth: str, classes_sql: ClassesSql, count: int
) -> Mapping[str, tuple[int, ...]]:
    """Of each class the `count` rows whose label a scan doubts least."""
    return _by_class(
        db.fetch(
            f"""WITH rated AS (
                    SELECT i.example_id, i.score, t.label FROM issues i
                    JOIN {truth} t ON t.example_id = i.example_id AND t.label = i.given_label
                    WHERE i.scan_id = ? AND i.issue_type = 'label')
                SELECT name, example_id FROM (
                    SELECT unnest({classes_sql("label")}) AS name, example_id, score FROM rated)
                QUALIFY row_number() OVER (PARTITION BY name ORDER BY score DESC, example_id) <= {int(count)}
                ORDER BY name, score DESC, example_id""",
            [scan_id],
        )
    )


def first_of_classes(db: Database, rows: str, classes_sql: ClassesSql, count: int) -> Mapping[str, tuple[int, ...]]:
    """Of each class its first `count` rows."""
    return _by_class(
        db.fetch(
            f"""SELECT name, example_id FROM (
                    SELECT unnest({classes_sql("label")}) AS name, example_id FROM {rows} WHERE label IS NOT NULL)
                QUALIFY row_number() OVER (PARTITION BY name ORDER BY example_id) <= {int(count)}
                ORDER BY name, example_id"""
        )
    )


def suspect_ranks(db: Database, run_id: str, split: str, truth: str, version_id: str, scan: Scan) -> list[int]:
    """Errors of a run on rows whose label the scan flags and nobody has judged, by their ranks in its list."""
    sql, of = _suspects(db, run_id, split, truth, version_id, scan)
    ((ranks,),) = db.fetch(f"SELECT list(i.rank ORDER BY i.rank) {sql}", of)
    return [int(rank) for rank in ranks or ()]


def suspect_ids(db: Database, run_id: str, split: str, truth: str, version_id: str | None, scan: Scan) -> list[int]:
    """The rows of `suspect_ranks`, by their ids; without a version also those that somebody has judged."""
    sql, of = _suspects(db, run_id, split, truth, version_id, scan)
    return [int(example_id) for (example_id,) in db.fetch(f"SELECT p.example_id {sql} ORDER BY 1", of)]


def suspects(
    db: Database,
    run_id: str,
    split: str,
    truth: str,
    version_id: str,
    scan: Scan,
    limit: int,
    offset: int = 0,
    order: RowOrder | None = None,
) -> list[PredictedRow]:
    """A page of those errors, as they are sorted; else first those where the run predicts what the scan suggests, then
    the worst."""
    sql, of = _suspects(db, run_id, split, truth, version_id, scan)
    by = "coalesce(p.predicted = i.suggested_label, false) DESC, i.rank"
    by = by if order is None else prediction_order(order, get_dataset(db, scan.dataset_id))
    selected = "SELECT p.example_id, t.label, p.predicted, p.confidence"
    return db.records(PredictedRow, f"{selected} {sql} ORDER BY {by} LIMIT ? OFFSET ?", [*of, limit, offset])


def _suspects(
    db: Database, run_id: str, split: str, truth: str, version_id: str | None, scan: Scan
) -> tuple[str, list[object]]:
    judged = "" if version_id is None else decided_sql(db, version_id)
    sql = f"""FROM predictions p JOIN {truth} t ON t.example_id = p.example_id AND t.label <> p.predicted
              JOIN issues i ON i.example_id = p.example_id AND i.scan_id = ? AND i.issue_type = 'label' AND i.is_issue
                   AND i.given_label = t.label
              WHERE p.run_id = ? AND p.split = ?{judged and f" AND p.example_id NOT IN {judged}"}"""
    return sql, [scan.scan_id, run_id, split]


def left_ranks(db: Database, scan: Scan) -> dict[str, list[int]]:
    """Of each given label the ranks of the flagged rows that nobody has judged."""
    rows = db.fetch(
        f"""SELECT given_label, list(rank ORDER BY rank) FROM issues
            WHERE scan_id = ? AND issue_type = 'label' AND is_issue
                  AND example_id NOT IN {decided_sql(db, scan.version_id)}
            GROUP BY given_label ORDER BY count(*) DESC, given_label""",
        [scan.scan_id],
    )
    return {str(label): [int(rank) for rank in ranks] for label, ranks in rows}


def right_of(db: Database, run_id: str, split: str, truth: str) -> tuple[int, int]:
    """Rows of a split that a run predicts right, and rows in all."""
    row = db.fetch_one(
        f"""SELECT count_if(p.predicted = t.label), count(*) FROM predictions p
            JOIN {truth} t ON t.example_id = p.example_id AND t.label IS NOT NULL
            WHERE p.run_id = ? AND p.split = ?""",
        [run_id, split],
    )
    return (int(row[0]), int(row[1])) if row else (0, 0)


def answers_of(db: Database, run_id: str, split: str, truth: str) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Of each row of a split how sure the run is of its answer, and whether that is wrong; both (rows,)."""
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT p.confidence, p.predicted <> t.label AS wrong FROM predictions p
                JOIN {truth} t ON t.example_id = p.example_id AND t.label IS NOT NULL
                WHERE p.run_id = ? AND p.split = ?""",
            [run_id, split],
        ).fetchnumpy()
    return np.asarray(found["confidence"], np.float32), np.asarray(found["wrong"], np.bool_)


def _by_class(rows: Sequence[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for name, example_id in rows:
        found[name] = (*found.get(name, ()), int(example_id))
    return found
