"""The rows of a version by the classes that they will have once its decisions are applied, and who gave classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from core.records import NO_LABEL, RowFilter, Version
from core.store.acts.in_force import LABEL_LIST, in_force_at_sql, settles_sql, standing_sql
from core.store.acts.mirror import ACTS
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import Condition, has_class, where_sql
from core.store.relations import relation
from core.tasks import task_named


def counts_of_classes(
    db: Database, version: Version, classes: Sequence[str], where: RowFilter
) -> list[tuple[str, str | None, int, int]]:
    """(label by the decisions in force, split, rows, those of them with such a decision) of the rows that
    `rows_of_classes` lists, the most frequent first."""
    query, parameters = _rows_sql(db, version, classes, where)
    found = db.fetch(
        f"SELECT effective, split, count(*), count(verdict) FROM ({query}) GROUP BY ALL ORDER BY 3 DESC, 1, 2",
        parameters,
    )
    return [(label, split, int(rows), int(decided)) for label, split, rows, decided in found]


def rows_of_classes(
    db: Database, version: Version, classes: Sequence[str], where: RowFilter, rows: int
) -> Iterator[pa.Table]:
    """The rows that have one of the classes by the decisions in force now, else as the version has them, by row id, so
    many at a time, whatever is decided meanwhile: example_id, label, effective (the label by these decisions), split,
    verdict (the decision that is in force, null where there is none), settled (whether somebody has looked at the
    label). Rows that are excluded are none."""
    query, parameters = _rows_sql(db, version, classes, where)
    after = -1
    while True:
        with db.cursor() as cursor:
            found = cursor.execute(
                f"SELECT * FROM ({query}) WHERE example_id > ? ORDER BY example_id LIMIT ?", [*parameters, after, rows]
            ).to_arrow_table()
        if not found.num_rows:
            return
        yield found
        after = found.column("example_id")[-1].as_py()


def _rows_sql(db: Database, version: Version, classes: Sequence[str], where: RowFilter) -> Condition:
    """As the decisions are now, however often it is asked."""
    dataset = get_dataset(db, version.dataset_id)
    target, rows = task_named(dataset.task).target, relation(db, version.version_id)
    condition, parameters = where_sql(db, version.version_id, where, dataset, rows)
    having = " OR ".join([has_class(target, "effective")] * len(classes))
    in_force, standing = in_force_at_sql(version.version_id, db.newest_act()), standing_sql(db, version.version_id)
    return (
        f"""SELECT * EXCLUDE (action) FROM (
                SELECT r.example_id, r.label, r.split, d.decision_id AS verdict, d.action,
                       CASE WHEN d.action = 'relabel' THEN nullif(d.new_label, '{NO_LABEL}')
                            ELSE r.label END AS effective,
                       r.example_id IN (SELECT example_id FROM {standing}
                                           WHERE action IN ('keep', 'relabel') AND {settles_sql(LABEL_LIST)})
                           AS settled
                FROM (SELECT example_id, label, split FROM {rows} WHERE {condition}) r
                LEFT JOIN {in_force} d ON d.example_id = r.example_id)
            WHERE action IS DISTINCT FROM 'exclude' AND effective IS NOT NULL AND ({having})""",
        [*parameters, *classes],
    )


def decisions_giving(db: Database, dataset_id: str, code: str) -> int:
    """The decisions of a dataset that gave a class and that nobody has taken back."""
    target = task_named(get_dataset(db, dataset_id).task).target
    db.newest_act()
    (found,) = db.fetch_one(
        f"""SELECT count(*) FROM {ACTS} WHERE dataset_id = ? AND action = 'relabel' AND new_label IS NOT NULL
            AND {has_class(target, "new_label")} AND decision_id NOT IN (
                SELECT undoes FROM {ACTS} WHERE dataset_id = ? AND undoes IS NOT NULL)""",
        [dataset_id, code, dataset_id],
    ) or (0,)
    return int(found)
