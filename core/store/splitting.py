"""What making splits needs from a version, and what it has of them."""

from __future__ import annotations

import pyarrow as pa

from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import attribute_column
from core.store.relations import relation
from core.store.versions import get_version
from core.tasks import task_named


def split_rows(db: Database, version_id: str, group_column: str | None) -> pa.Table:
    """(example_id BIGINT, label VARCHAR[, group VARCHAR]) of every row, by row id. Raises NotFoundError for a column
    that the dataset does not have."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    group = ""
    if group_column is not None:
        group = f', CAST({attribute_column(group_column, dataset.attributes)} AS VARCHAR) AS "group"'
    with db.cursor() as cursor:
        found = cursor.execute(f"SELECT example_id, label{group} FROM {relation(db, version_id)} ORDER BY example_id")
        return found.to_arrow_table()


def split_counts(db: Database, version_id: str) -> dict[str, dict[str | None, int]]:
    """Class → part → rows; part None for rows in no split. Classes and parts in their order by name. A row whose label
    is several classes counts in each."""
    target = task_named(get_dataset(db, get_version(db, version_id).dataset_id).task).target
    counts: dict[str, dict[str | None, int]] = {}
    for name, split, rows in db.fetch(
        f"""SELECT class, split, CAST(sum(held) AS BIGINT)
            FROM (SELECT unnest({target.classes_sql("label")}) AS class, split, held
                  FROM (SELECT label, split, count(*) AS held FROM {relation(db, version_id)} GROUP BY ALL))
            GROUP BY ALL ORDER BY class, split"""
    ):
        counts.setdefault(name, {})[split] = rows
    return counts


def split_sizes(db: Database, version_id: str) -> dict[str | None, int]:
    """Part → rows; part None for rows in no split."""
    return dict(db.fetch(f"SELECT split, count(*) FROM {relation(db, version_id)} GROUP BY split"))
