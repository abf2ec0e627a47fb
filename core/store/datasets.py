"""Datasets: list, find, rename, trash and restore. Loading them is `core.store.ingest`, rows are `core.store.rows`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from core.errors import NotFoundError, UsageError
from core.records import MISFIT, Attribute, Dataset, DatasetState, RejectedRow
from core.settings import TRASH_DAYS
from core.sql import literal
from core.store.database import Cursor, Database
from core.store.masked import is_masked, said_shown
from core.store.names import examples_table
from core.store.relations import relation_sql
from core.store.times import loaded, now, stored
from core.targets.spelling import in_order

_SELECT = """
    SELECT dataset_id, name, task, source, licence, labels, attributes, id_column, row_count, rejected_count, state,
           created_at, created_by, derived_ready,
           (SELECT any_value(layout) FROM layouts l WHERE l.dataset_id = d.dataset_id) AS layout,
           (SELECT arg_max(version_id, number) FROM versions v WHERE v.dataset_id = d.dataset_id) AS latest_version_id
    FROM datasets d
"""
_OF_A_DATASET = ("versions", "overrides", "rejected_rows", "scans", "layouts", "class_lists")


def list_datasets(db: Database, state: DatasetState = "ready") -> list[Dataset]:
    """Every dataset in that state, newest first."""
    return list(db.remembered(("datasets", state, db.names.newest(), db.masked()), lambda: _list_datasets(db, state)))


def _list_datasets(db: Database, state: DatasetState) -> list[Dataset]:
    rows = db.fetch_named(f"{_SELECT} WHERE state = ? ORDER BY created_at DESC, dataset_id DESC", [state])
    return [_dataset(db, row) for row in rows]


def get_dataset(db: Database, name_or_id: str) -> Dataset:
    """A ready dataset by its name, or any by its id. Raises `NotFoundError` with the names that exist."""
    asked = ("dataset", name_or_id, db.names.newest(), db.masked())
    return db.remembered(asked, lambda: _get_dataset(db, name_or_id))


def _get_dataset(db: Database, name_or_id: str) -> Dataset:
    found = db.fetch_named(
        f"{_SELECT} WHERE (name = ? AND state = 'ready') OR (dataset_id = ? AND state <> 'loading') ORDER BY name <> ?",
        [name_or_id, name_or_id, name_or_id],
    )
    if not found:
        names = ", ".join(dataset.name for dataset in list_datasets(db)) or "none yet: load one first"
        raise NotFoundError(f"Dataset {name_or_id!r} not found.", f"This workspace has: {names}.")
    return _dataset(db, found[0])


def rename(db: Database, dataset_id: str, name: str) -> Dataset:
    """Gives a dataset another name. Raises `UsageError` where the name is empty or taken."""
    with db.write() as cursor:
        name = free_name(cursor, name, dataset_id)
        cursor.execute("UPDATE datasets SET name = ? WHERE dataset_id = ?", [name, dataset_id])
    return get_dataset(db, dataset_id)


def set_labels(db: Database, dataset_id: str, change: Callable[[Sequence[str]], Sequence[str]]) -> Dataset:
    """Gives a dataset the classes that `change` makes of its own, in their usual order; what it raises leaves all as it
    was."""
    with db.write() as cursor:
        (known,) = cursor.execute("SELECT labels FROM datasets WHERE dataset_id = ?", [dataset_id]).fetchone() or ([],)
        labels = list(in_order(change(known)))
        cursor.execute("UPDATE datasets SET labels = ? WHERE dataset_id = ?", [labels, dataset_id])
    return get_dataset(db, dataset_id)


def free_name(cursor: Cursor, name: str, dataset_id: str | None = None) -> str:
    """The name without outer blanks. Raises `UsageError` where it is empty, or another dataset's that is not in the
    trash."""
    name = name.strip()
    if not name:
        raise UsageError("A dataset needs a name.", "Type one, such as the file's name.")
    taken = cursor.execute(
        "SELECT count(*) FROM datasets WHERE name = ? AND state <> 'trashed' AND dataset_id IS DISTINCT FROM ?",
        [name, dataset_id],
    ).fetchone()
    if taken and taken[0]:
        raise UsageError(f"A dataset named {name!r} exists already.", "Choose another name, or delete that one first.")
    return name


def trash(db: Database, dataset_id: str) -> None:
    """Hides a dataset; `restore` brings it back for `TRASH_DAYS` days."""
    get_dataset(db, dataset_id)
    with db.write() as cursor:
        cursor.execute(
            "UPDATE datasets SET state = 'trashed', trashed_at = ? WHERE dataset_id = ?", [stored(now()), dataset_id]
        )


def restore(db: Database, dataset_id: str) -> Dataset:
    """Takes a dataset out of the trash. Raises `UsageError` where its name has been taken since."""
    dataset = get_dataset(db, dataset_id)
    with db.write() as cursor:
        free_name(cursor, dataset.name, dataset_id)
        cursor.execute("UPDATE datasets SET state = 'ready', trashed_at = NULL WHERE dataset_id = ?", [dataset_id])
    return get_dataset(db, dataset_id)


def trashed_at(db: Database, dataset_id: str) -> datetime | None:
    """When a dataset was put into the trash, or None where it is not there."""
    row = db.fetch_one("SELECT trashed_at FROM datasets WHERE dataset_id = ?", [dataset_id])
    return loaded(row[0]) if row and row[0] else None


def due_trash(db: Database, at: datetime | None = None) -> list[str]:
    """The ids of datasets that have lain in the trash for `TRASH_DAYS` days, by default until now. For one that was put
    there on a day yet to come, since the clock has stepped back, they begin anew."""
    today = at or now()
    limit = stored(today - timedelta(days=TRASH_DAYS))
    with db.write() as cursor:
        cursor.execute("UPDATE datasets SET trashed_at = $now WHERE trashed_at > $now", {"now": stored(today)})
    rows = db.fetch("SELECT dataset_id FROM datasets WHERE state = 'trashed' AND trashed_at <= ?", [limit])
    return [str(dataset_id) for (dataset_id,) in rows]


def delete_dataset(db: Database, dataset_id: str) -> None:
    """Deletes a dataset for good, with all that the store keeps of it but predictions."""
    with db.write() as cursor:
        cursor.execute(
            "DELETE FROM issues WHERE scan_id IN (SELECT scan_id FROM scans WHERE dataset_id = ?)", [dataset_id]
        )
        for table in _OF_A_DATASET:
            cursor.execute(f"DELETE FROM {table} WHERE dataset_id = ?", [dataset_id])
        cursor.execute(f"DROP TABLE IF EXISTS {examples_table(dataset_id)}")
        cursor.execute("DELETE FROM datasets WHERE dataset_id = ?", [dataset_id])


def contents(db: Database, dataset_id: str) -> pa.ChunkedArray:
    """The content hashes of a dataset's rows as loaded, each once: (n,) strings."""
    with db.cursor() as cursor:
        rows = relation_sql(dataset_id, None)
        return cursor.execute(f"SELECT DISTINCT content_hash FROM {rows}").to_arrow_table().column(0)


def rejected(db: Database, dataset_id: str, limit: int, offset: int = 0) -> list[RejectedRow]:
    """Rows set aside while loading, in the order of file and line."""
    return db.records(
        RejectedRow,
        f"{rejected_sql(db, dataset_id)} ORDER BY file, line, reason, content LIMIT ? OFFSET ?",
        [dataset_id, limit, offset],
    )


def rejected_sql(db: Database, dataset_id: str) -> str:
    """Rows set aside, as a query of the dataset's id. Of a dataset that is always masked neither what stood there nor
    the value that a reason quotes: a row that could not be read cannot be masked column by column."""
    shown = "reason, content"
    if is_masked(db, dataset_id):
        kept = f"^({re.escape(MISFIT)}[^:]*|[^:]*)"
        shown = f"""regexp_extract(reason, {literal(kept)}, 1) AS reason,
                    CASE WHEN content <> '' THEN '[masked]' ELSE content END AS content"""
    return f"SELECT file, line, {shown} FROM rejected_rows WHERE dataset_id = ?"


def attributes_json(attributes: tuple[Attribute, ...]) -> str:
    """Attributes as the datasets table keeps them."""
    return json.dumps([asdict(attribute) for attribute in attributes])


def _dataset(db: Database, row: dict[str, Any]) -> Dataset:
    attributes = tuple(Attribute(**attribute) for attribute in json.loads(row.pop("attributes")))
    labels, latest = tuple(row.pop("labels")), row.pop("latest_version_id") or ""
    created_at = loaded(row.pop("created_at"))
    said, layout = db.names.standing(row["dataset_id"]), json.loads(row.pop("layout") or "{}")
    return Dataset(
        **row,
        created_at=created_at,
        labels=labels,
        attributes=attributes,
        latest_version_id=latest,
        layout=layout,
        names={code: one.name for code, one in said.items() if one.name},
        guidelines={
            code: said_shown(db, row["dataset_id"], one.guideline) for code, one in said.items() if one.guideline
        },
    )
