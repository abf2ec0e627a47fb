"""Which classes a version has: each keeps the list that it was made with."""

from __future__ import annotations

from dataclasses import replace

from core.records import NO_LABEL, Dataset, Version
from core.store.database import Cursor, Database
from core.store.datasets import get_dataset
from core.store.names import examples_table
from core.store.relations import relation_sql
from core.targets import Target
from core.tasks import task_named


def keep_class_list(cursor: Cursor, version_id: str) -> None:
    """Writes down the classes of a version whose rows are there: the dataset's, without those that rows had before and
    none has any more. Within the caller's transaction."""
    row = cursor.execute(
        """SELECT d.dataset_id, d.task, d.labels, v.parent_id FROM versions v JOIN datasets d USING (dataset_id)
           WHERE v.version_id = ?""",
        [version_id],
    ).fetchone()
    if row is None:
        return
    dataset_id, task, labels, parent_id = row
    gone = _gone(cursor, task_named(task).target, dataset_id, version_id) if parent_id and labels else set()
    cursor.execute("DELETE FROM class_lists WHERE version_id = ?", [version_id])
    kept = [one for one in labels if one not in gone]
    cursor.execute("INSERT INTO class_lists VALUES (?, ?, ?)", [version_id, dataset_id, kept])


def class_list(db: Database, version: Version) -> tuple[str, ...]:
    """The classes of a version in their usual order: those that it was made with, and of the newest one those that were
    added since as well."""
    dataset = get_dataset(db, version.dataset_id)
    return db.remembered(
        ("class list", version.version_id, dataset.labels, dataset.latest_version_id),
        lambda: _looked_up(db, dataset, version),
    )


def as_of(db: Database, dataset: Dataset, version: Version) -> Dataset:
    """The dataset with the classes of one of its versions."""
    return replace(dataset, labels=class_list(db, version))


def _looked_up(db: Database, dataset: Dataset, version: Version) -> tuple[str, ...]:
    if not dataset.labels:
        return ()
    row = db.fetch_one("SELECT labels FROM class_lists WHERE version_id = ?", [version.version_id])
    kept = None if row is None else set(row[0])
    if kept is not None and dataset.latest_version_id != version.version_id:
        return tuple(row[0] if row else ())
    if kept is not None and kept >= set(dataset.labels):
        return dataset.labels
    target, within = task_named(dataset.task).target, version.version_id if version.parent_id else None
    with db.cursor() as cursor:
        if kept is None:
            gone = _gone(cursor, target, dataset.dataset_id, within)
        else:
            gone = _ever(cursor, target, dataset.dataset_id) - kept
    return tuple(one for one in dataset.labels if one not in gone)


def _gone(cursor: Cursor, target: Target, dataset_id: str, version_id: str | None) -> set[str]:
    """The classes that rows have as loaded or in any version, and none in this one (None: the load)."""
    here = f"SELECT DISTINCT label FROM {relation_sql(dataset_id, version_id)}"
    return _ever(cursor, target, dataset_id) - _classes(cursor, target, here)


def _ever(cursor: Cursor, target: Target, dataset_id: str) -> set[str]:
    labels = f"""SELECT given_label AS label FROM {examples_table(dataset_id)}
                 UNION SELECT label FROM overrides WHERE dataset_id = '{dataset_id}'"""
    return _classes(cursor, target, labels)


def _classes(cursor: Cursor, target: Target, labels: str) -> set[str]:
    rows = cursor.execute(
        f"SELECT DISTINCT unnest({target.classes_sql('label')}) FROM ({labels}) WHERE label <> '{NO_LABEL}'"
    ).fetchall()
    return {str(name) for (name,) in rows}
