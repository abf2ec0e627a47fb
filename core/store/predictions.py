"""What runs predict, row by row, held against labels: counts, pages and positions.

`truth` is always a relation (`core.store.relations`) whose `label` counts as true; a row that it has not, because it
was excluded, counts nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.modalities import WORDS
from core.records import Dataset, PredictedRow, PredictionFilter, RowFilter, RowOrder
from core.store.database import Database
from core.store.filters import Condition, column_sql, joined, where_sql
from core.store.job_files import job_file
from core.store.predicted.columns import SUREST, added_columns, prediction_order
from core.store.versions import list_versions
from core.targets.one_class.facts import ONE_CLASS
from core.tasks import task_named

ClassesSql = Callable[[str], str]
"""`Target.classes_sql`: SQL for the classes of a label."""
OF_ONE: ClassesSql = ONE_CLASS.classes_sql
"""Where a label is one class."""

_ESCAPED = re.compile(r'["\\\x00-\x1f]')
"""What the text form of several classes may write in another way."""

_BEYOND = "abs({true} - {predicted}) / greatest(p.confidence, 1e-30)"
"""Of numbers, where confidence is half of the interval: how many times that far the label lies from what is predicted.
"""
_SURELY = 4
"""How many times the rows up to a page's end are looked through for it, surest first, before all are."""


def add_predictions(db: Database, run_id: str, predictions_parquet: Path, labels: Sequence[str]) -> None:
    """Takes in what a run predicts; a second call changes nothing.

    The file has `example_id`, `split`, `predicted` (position in `labels`, or a label's text) and `confidence`; a row's
    position in it is that of its probabilities. Sorted as they are asked for: the rows of one predicted label lie
    together, the surest first.
    """
    names = pa.table({"class": pa.array(range(len(labels)), pa.int64()), "name": pa.array(list(labels), pa.string())})
    with db.write() as cursor:
        if cursor.execute("SELECT 1 FROM predictions WHERE run_id = ? LIMIT 1", [run_id]).fetchone():
            return
        cursor.register("names", names)
        texts = pq.read_schema(predictions_parquet).field("predicted").type == pa.string()
        label, join = ("p.predicted", "") if texts else ("n.name", "JOIN names n ON n.class = p.predicted")
        cursor.execute(
            f"""INSERT INTO predictions
                SELECT ?, p.file_row_number, p.example_id, p.split, {label}, p.confidence
                FROM {job_file(cursor, predictions_parquet)} p {join}
                ORDER BY p.split, {label}, p.confidence DESC, p.example_id""",
            [run_id],
        )
        cursor.unregister("names")


def delete_predictions(db: Database, run_ids: Sequence[str]) -> None:
    """Deletes what these runs predict."""
    with db.write() as cursor:
        cursor.execute("DELETE FROM predictions WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [list(run_ids)])


def splits_of(db: Database, run_id: str) -> list[tuple[str, int]]:
    """The splits that a run has predicted, by name, with their rows."""
    return [
        (split, int(rows))
        for split, rows in db.fetch(
            "SELECT split, count(*) FROM predictions WHERE run_id = ? GROUP BY split ORDER BY split", [run_id]
        )
    ]


def confusion_counts(db: Database, run_id: str, split: str, truth: str) -> list[tuple[str, str, int]]:
    """(true label, predicted label, rows) of every pair that occurs in a split."""
    return db.fetch(
        f"""SELECT t.label, p.predicted, count(*) FROM {_joined(truth)}
            WHERE p.run_id = ? AND p.split = ? GROUP BY ALL ORDER BY ALL""",
        [run_id, split],
    )


def joint_counts(db: Database, first: str, second: str, split: str, truth: str) -> list[tuple[str, str, str, int]]:
    """(true label, first's prediction, second's prediction, rows) over the rows that both runs have in that split."""
    return db.fetch(
        f"""SELECT t.label, p.predicted, q.predicted, count(*)
            FROM {_joined(truth)} JOIN predictions q ON q.example_id = p.example_id
            WHERE p.run_id = ? AND q.run_id = ? AND p.split = ? AND q.split = ? GROUP BY ALL ORDER BY ALL""",
        [first, second, split, split],
    )


def page_predictions(
    db: Database,
    run_id: str,
    where: PredictionFilter,
    truth: str,
    limit: int,
    offset: int = 0,
    classes_sql: ClassesSql = OF_ONE,
    *,
    dataset: Dataset | None = None,
    order: RowOrder = SUREST,
) -> list[PredictedRow]:
    """Predicted rows that the filter keeps, as they are sorted. `classes_sql` is that of the dataset's target, and
    `dataset` what a filter or an order by the rows' own columns needs.

    A page of the surest is mostly found among the surest rows of the split, without looking up the label of a million
    others; where they do not fill it, all are looked at.
    """
    chosen = prediction_condition(db, run_id, where, truth, classes_sql, dataset)
    if order != SUREST:
        return db.records(
            PredictedRow,
            f"""SELECT p.example_id, t.label, p.predicted, p.confidence FROM {_joined(truth)}
                WHERE {chosen[0]} ORDER BY {prediction_order(order, dataset)} LIMIT ? OFFSET ?""",
            [*chosen[1], limit, offset],
        )
    surest = (offset + limit) * _SURELY + 1_000 if where.predicted is None else None
    found = [] if surest is None else _page(db, run_id, where.split, chosen, truth, limit, offset, surest)
    return found if len(found) == limit else _page(db, run_id, where.split, chosen, truth, limit, offset)


def count_predictions(
    db: Database,
    run_id: str,
    where: PredictionFilter,
    truth: str,
    classes_sql: ClassesSql = OF_ONE,
    dataset: Dataset | None = None,
) -> int:
    """How many rows `page_predictions` lists in all."""
    condition, parameters = prediction_condition(db, run_id, where, truth, classes_sql, dataset)
    row = db.fetch_one(f"SELECT count(*) FROM {_joined(truth)} WHERE {condition}", parameters)
    return int(row[0]) if row else 0


def labelled_texts(db: Database, run_id: str, split: str, truth: str) -> list[tuple[str, str, str]]:
    """The words, the true and the predicted label of each row of a split, by row."""
    return db.fetch(
        f"""SELECT t.{WORDS}, t.label, p.predicted FROM predictions p
            JOIN {truth} t ON t.example_id = p.example_id AND t.label IS NOT NULL
            WHERE p.run_id = ? AND p.split = ? ORDER BY p.example_id""",
        [run_id, split],
    )


def predictions_joined(truth: str) -> str:
    """Predictions `p` with what is true of their rows, `t`."""
    return _joined(truth)


def ranked(
    db: Database,
    run_id: str,
    where: PredictionFilter,
    truth: str,
    version: str,
    classes_sql: ClassesSql = OF_ONE,
    dataset: Dataset | None = None,
) -> Condition:
    """The predicted rows that the filter keeps and another version's relation has, as a query for (example_id, rank)
    from 1: the surest first, of numbers those whose label lies farthest beyond the interval around its prediction."""
    condition, parameters = prediction_condition(db, run_id, where, truth, classes_sql, dataset)
    target = None if dataset is None else task_named(dataset.task).target
    order = "p.confidence"
    if target is not None and target.number_sql is not None:
        order = _BEYOND.format(true=target.number_sql("t.label"), predicted=target.number_sql("p.predicted"))
    query = f"""SELECT p.example_id, row_number() OVER (ORDER BY {order} DESC, p.example_id) AS rank
                FROM {_joined(truth)} WHERE {condition} AND p.example_id IN (SELECT example_id FROM {version})"""
    return query, parameters


def predictions_of(db: Database, run_id: str, example_ids: Sequence[int]) -> dict[int, tuple[str, float, int]]:
    """What a run predicts for each of these rows, how surely, and where they lie in its array of probabilities."""
    chosen = ", ".join(str(int(example_id)) for example_id in example_ids)
    rows = db.fetch(
        f"""SELECT example_id, predicted, confidence, position FROM predictions
            WHERE run_id = ? AND example_id IN ({chosen or "NULL"})""",
        [run_id],
    )
    return {
        example_id: (predicted, float(confidence), int(position))
        for example_id, predicted, confidence, position in rows
    }


def positions(
    db: Database, run_id: str, split: str, truth: str, labels: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the rows of a split lie in the run's array of probabilities, ascending, and what is true of each: the
    index of its label in `labels`, -1 for a label that is not there. Both (rows,)."""
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""WITH names AS (SELECT unnest(?::VARCHAR[]) AS name, unnest(range(?)) AS class)
                SELECT p.position, coalesce(n.class, -1) AS label
                FROM {_joined(truth)} LEFT JOIN names n ON n.name = t.label
                WHERE p.run_id = ? AND p.split = ? ORDER BY p.position""",
            [list(labels), len(labels), run_id, split],
        ).fetchnumpy()
    return np.asarray(found["position"], np.int64), np.asarray(found["label"], np.int64)


def _page(
    db: Database,
    run_id: str,
    split: str,
    chosen: Condition,
    truth: str,
    limit: int,
    offset: int,
    surest: int | None = None,
) -> list[PredictedRow]:
    """The page as found among the `surest` rows of the split, or among all."""
    condition, parameters = chosen
    among = "predictions"
    if surest is not None:
        among = f"""(SELECT * FROM predictions WHERE run_id = ? AND split = ?
                     ORDER BY confidence DESC, example_id LIMIT {surest})"""
        parameters = [run_id, split, *parameters]
    return db.records(
        PredictedRow,
        f"""SELECT p.example_id, t.label, p.predicted, p.confidence FROM {_joined(truth, among)}
            WHERE {condition} ORDER BY p.confidence DESC, p.example_id LIMIT ? OFFSET ?""",
        [*parameters, limit, offset],
    )


def _joined(truth: str, among: str = "predictions") -> str:
    return f"{among} p JOIN {truth} t ON t.example_id = p.example_id AND t.label IS NOT NULL"


def prediction_condition(
    db: Database,
    run_id: str,
    where: PredictionFilter,
    truth: str,
    classes_sql: ClassesSql = OF_ONE,
    dataset: Dataset | None = None,
) -> Condition:
    """A filter as a condition on `predictions_joined`; `dataset` is needed where it asks for the rows' own columns.
    What people decided of them is asked of its newest version."""
    parts: list[Condition] = [("p.run_id = ?", [run_id]), ("p.split = ?", [where.split])]
    if where.true_label is not None:
        parts.append(("t.label = ?", [where.true_label]))
    if where.predicted is not None:
        parts.append(("p.predicted = ?", [where.predicted]))
    if where.correct is not None:
        parts.append((f"p.predicted {'=' if where.correct else '<>'} t.label", []))
    if where.right_in is not None:
        parts.append(_in_another(where.right_in, "=", where.split))
    if where.wrong_in is not None:
        parts.append(_in_another(where.wrong_in, "<>", where.split))
    if where.rows != RowFilter():
        assert dataset is not None, "the dataset knows its rows' columns"
        newest = list_versions(db, dataset.dataset_id)[-1].version_id
        condition, parameters = where_sql(db, newest, where.rows, dataset, truth)
        parts.append((f"p.example_id IN (SELECT example_id FROM {truth} WHERE {condition})", parameters))
    for one in where.columns:
        target = None if dataset is None else task_named(dataset.task).target
        labels = target if one.column in ("label", "predicted") else None
        parts.append(column_sql(one, *added_columns(target)[one.column], labels))
    for name, is_true, is_predicted in (
        (where.found, True, True),
        (where.missed, True, False),
        (where.added, False, True),
        (where.without, False, False),
    ):
        if name is not None:
            parts += [
                _holds("t.label", name, is_true, classes_sql),
                _holds("p.predicted", name, is_predicted, classes_sql),
            ]
    return joined(parts)


def _holds(label: str, name: str, holds: bool, classes_sql: ClassesSql) -> Condition:
    """Whether a class is among those of a label. Only where the label's text has the longest part of the name that
    stands in it as it is, the text is taken apart: a third of the time at a million rows. An AND would not do, since
    DuckDB may look at its second half first."""
    part = max(_ESCAPED.split(name), key=len)
    among = f"CASE WHEN contains({label}, ?) THEN list_contains({classes_sql(label)}, ?) ELSE false END"
    return among if holds else f"NOT {among}", [part, name]


def _in_another(run_id: str, comparison: str, split: str) -> Condition:
    return (
        f"""EXISTS (SELECT 1 FROM predictions q WHERE q.example_id = p.example_id AND q.run_id = ? AND q.split = ?
                    AND q.predicted {comparison} t.label)""",
        [run_id, split],
    )
