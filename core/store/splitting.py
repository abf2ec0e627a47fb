"""What making splits needs from a version, and what it has of them."""

from __future__ import annotations

import pyarrow as pa

from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import attribute_column
from core.store.relations import relation
from core.store.versions import get_version


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
    """Class → part → rows; part None for rows in no split. Classes and parts in their order by name."""
    counts: dict[str, dict[str | None, int]] = {}
    for label, split, rows in db.fetch(
        f"SELECT label, split, count(*) FROM {relation(db, version_id)} GROUP BY ALL ORDER BY label, split"
    ):
        counts.setdefault(label, {})[split] = rows
    return counts
