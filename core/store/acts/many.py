"""Rows that one act is for: how many there are by label and suggestion, and these rows themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.records import Dataset, IssueFilter, PredictionFilter, RowFilter, Scan
from core.sql import literal
from core.store.acts.in_force import NO_LISTS, SAID_OF_ROW, in_force_sql, in_list_sql, standing_sql
from core.store.acts.mirror import ACTS
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import Condition, where_sql
from core.store.issues import issue_condition
from core.store.predictions import ranked
from core.store.relations import relation
from core.store.versions import get_version
from core.targets.number.form import worth_sql
from core.tasks import task_named

_FIRST = 5
"""Rows that a preview shows of a pair of labels."""
_AT_ONCE = 10_000
"""Pairs that are in memory: of labels that are numbers there may be one for each row."""


@dataclass(frozen=True, slots=True)
class PairOfMany:
    """Rows that have one label and one suggestion in common."""

    label: str | None
    suggested: str | None
    rows: int
    decided: int
    """Those of them that are decided in one of the lists that the act settles."""
    by_others: int
    """Those of these that somebody else gave."""
    first: tuple[int, ...]
    """A few of them, from the top of the list."""
    first_undecided: tuple[int, ...]


def of_version(db: Database, version_id: str, where: RowFilter) -> Condition:
    """The rows of a version as a query for (example_id, suggested, score, place)."""
    rows = relation(db, version_id)
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    return (
        f"""SELECT example_id, CAST(NULL AS VARCHAR) AS suggested, CAST(NULL AS DOUBLE) AS score, example_id AS place
            FROM {rows} WHERE {condition}""",
        parameters,
    )


def of_scan(db: Database, scan: Scan, where: IssueFilter) -> Condition:
    """The rows of a scan's list, as `of_version`."""
    condition, parameters = issue_condition(db, scan, where)
    return (
        f"""SELECT i.example_id, i.suggested_label AS suggested, i.score, i.rank AS place FROM issues i
            WHERE {condition}""",
        parameters,
    )


def of_run(
    db: Database, run_id: str, where: PredictionFilter, truth_id: str, version_id: str, dataset: Dataset
) -> Condition:
    """Rows that a run of the dataset predicts, as `of_version`; the score is how sure it is of something else. Of
    numbers there is no score, and what is suggested has as many digits as it is worth."""
    target = task_named(dataset.task).target
    query, parameters = ranked(
        db, run_id, where, relation(db, truth_id), relation(db, version_id), target.classes_sql, dataset
    )
    suggested, score = "p.predicted", "1 - p.confidence"
    if target.number_sql is not None:
        suggested = worth_sql(target.number_sql("p.predicted"), "CAST(p.confidence AS DOUBLE)")
        score = "CAST(NULL AS DOUBLE)"
    return (
        f"""SELECT k.example_id, {suggested} AS suggested, {score} AS score, k.rank AS place
            FROM ({query}) k JOIN predictions p ON p.example_id = k.example_id AND p.run_id = ?""",
        [*parameters, run_id],
    )


def pairs(
    db: Database, version_id: str, among: Condition, lists: Sequence[str], reviewer: str, *, rows_too: bool = True
) -> Iterator[PairOfMany]:
    """The rows that `among` asks for and the version has, by label and suggestion, most frequent first. `lists` are the
    types of the lists in which they may be decided already. Where nearly every row is a pair of its own, the rows of
    each are better left out: they cost a kilobyte."""
    query, parameters = among
    place = "struct_pack(place := place, example_id := example_id)"
    first = f"""list_transform(min({place}, {_FIRST}), lambda x: x.example_id),
                list_transform(min({place}, {_FIRST}) FILTER (verdict IS NULL), lambda x: x.example_id)"""
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT label, suggested, count(*), count(verdict), count(*) FILTER (verdict_by <> ?),
                       {first if rows_too else "NULL, NULL"}
                FROM ({_joined(db, version_id, query, lists)}) GROUP BY ALL ORDER BY 3 DESC, 1, 2""",
            [reviewer, *parameters],
        )
        while rows := found.fetchmany(_AT_ONCE):
            for label, suggested, count, decided, others, first, free in rows:
                each = tuple(first or ()), tuple(free or ())
                yield PairOfMany(label, suggested, int(count), int(decided), int(others), *each)


def top(
    db: Database, version_id: str, among: Condition, lists: Sequence[str], limit: int, *, also_decided: bool
) -> list[tuple[int, str | None, str | None]]:
    """The first of these rows in the list's order: example_id, label, suggested; `lists` as of `pairs`."""
    query, parameters = among
    return db.fetch(
        f"""SELECT example_id, label, suggested FROM ({_joined(db, version_id, query, lists)})
            WHERE {"true" if also_decided else "verdict IS NULL"} ORDER BY place, example_id LIMIT {limit}""",
        parameters,
    )


def blocks(
    db: Database, version_id: str, among: Condition, lists: Sequence[str], size: int, *, also_decided: bool
) -> Iterator[pa.RecordBatch]:
    """These rows in the list's order, `size` at a time: example_id, label, suggested, score. Those that are decided
    only where they are asked for too; `lists` as of `pairs`."""
    query, parameters = among
    with db.cursor() as cursor:
        table = cursor.execute(
            f"""SELECT example_id, label, CAST(suggested AS VARCHAR) AS suggested, CAST(score AS DOUBLE) AS score
                FROM ({_joined(db, version_id, query, lists)}) WHERE {"true" if also_decided else "verdict IS NULL"}
                ORDER BY place, example_id""",
            parameters,
        ).to_arrow_table()
    yield from table.to_batches(size)


def with_verdicts(
    db: Database, version_id: str, rows: pa.Table, lists: Sequence[str], size: int
) -> Iterator[pa.RecordBatch]:
    """Rows of a version (example_id, suggested, score) in their order, `size` at a time, as they are now: example_id,
    label, suggested, score, the decisions that hold `on_label` and in the list `in_list`, `excluded` (the first leaves
    it out), `every` (it is of an earlier release, and settles every list), and the number `decided` of the verdict that
    decides it; null where there is none. `lists` as of `pairs`."""
    placed = rows.append_column("place", pa.array(range(len(rows)), pa.int64()))
    label_of = relation(db, version_id)
    standing = f"""(SELECT *, action <> 'exclude' AND {SAID_OF_ROW} AND {NO_LISTS} AS every
                    FROM {standing_sql(db, version_id)})"""
    with db.cursor() as cursor:
        cursor.register("placed", placed)
        table = cursor.execute(
            f"""SELECT q.example_id, r.label, q.suggested, q.score, s.decision_id AS on_label,
                       d.decision_id AS in_list, coalesce(s.action = 'exclude', false) AS excluded,
                       coalesce(s.every, false) AS every, d.seq AS decided
                FROM placed q JOIN {label_of} r ON r.example_id = q.example_id
                LEFT JOIN {standing} s ON s.example_id = q.example_id
                LEFT JOIN {_decided(db, version_id, lists)} d ON d.example_id = q.example_id ORDER BY q.place"""
        ).to_arrow_table()
    yield from table.to_batches(size)


def in_force_since(
    db: Database, version_id: str, seq: int, without: str, aside: str | None = None
) -> dict[int, str | None]:
    """The rows of a version that acts after `seq` were on, but for those of the act `without`, with the decision that
    is in force on the label of each, or in the list `aside`."""
    in_force = in_force_sql(db, version_id) if aside is None else in_list_sql(db, version_id, literal(aside), here=True)
    found = db.fetch(
        f"""SELECT t.example_id, d.decision_id
            FROM (SELECT DISTINCT example_id FROM {ACTS}
                  WHERE version_id = ? AND seq > ? AND NOT starts_with(client_key, ?)) t
            LEFT JOIN {in_force} d ON d.example_id = t.example_id""",
        [version_id, seq, f"{without}:"],
    )
    return {int(row): decision for row, decision in found}


def to_undo(db: Database, act_id: str, after: int, limit: int) -> pa.Table:
    """What an act on many decided, with numbers after `after`, and nobody has taken back, in the order of writing: seq,
    decision_id, example_id, scan_id."""
    db.newest_act()
    with db.cursor() as cursor:
        return cursor.execute(
            f"""SELECT seq, decision_id, example_id, scan_id FROM {ACTS}
                WHERE starts_with(client_key, ?) AND seq > ? AND decision_id NOT IN (
                    SELECT undoes FROM {ACTS} WHERE undoes IS NOT NULL)
                ORDER BY seq LIMIT ?""",
            [f"{act_id}:", after, limit],
        ).to_arrow_table()


def _joined(db: Database, version_id: str, query: str, lists: Sequence[str]) -> str:
    return f"""SELECT q.example_id, r.label, q.suggested, q.score, q.place,
                      d.decision_id AS verdict, d.reviewer AS verdict_by
               FROM ({query}) q JOIN {relation(db, version_id)} r ON r.example_id = q.example_id
               LEFT JOIN {_decided(db, version_id, lists)} d ON d.example_id = q.example_id"""


def _decided(db: Database, version_id: str, lists: Sequence[str]) -> str:
    """The verdicts that hold in any of these lists, the newest of each row, as `in_list_sql`."""
    one, *more = (in_list_sql(db, version_id, literal(name)) for name in lists)
    if not more:
        return one
    every = " UNION ALL ".join(f"SELECT * FROM {each}" for each in (one, *more))
    return f"(SELECT * FROM ({every}) QUALIFY row_number() OVER (PARTITION BY example_id ORDER BY seq DESC) = 1)"
