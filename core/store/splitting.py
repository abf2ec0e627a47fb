"""What making splits needs from a version, and what it has of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.records import Version, splits_in_order
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import Condition, attribute_column
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


def splits_among(db: Database, version_id: str, among: Condition) -> dict[str | None, NDArray[np.int64]]:
    """Part → the rows of it, (m,), that `among`, a query for `example_id`, asks for and the version has; part None for
    rows in no split."""
    query, parameters = among
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT example_id, split FROM {relation(db, version_id)}
                WHERE example_id IN (SELECT example_id FROM ({query}))""",
            parameters,
        ).to_arrow_table()
    ids = found["example_id"].to_numpy().astype(np.int64)
    encoded = found["split"].combine_chunks().dictionary_encode()
    places = np.asarray(encoded.indices.fill_null(-1))
    names: dict[int, str | None] = {-1: None, **dict(enumerate(encoded.dictionary.to_pylist()))}
    return {name: rows for place, name in names.items() if len(rows := ids[places == place])}


def splits_before(db: Database, version: Version, limit: int | None = None, offset: int = 0) -> pa.Table:
    """(example_id BIGINT, split VARCHAR) of the rows that a version has in another split than its parent, with the
    parent's, by row; NULL for none. All of them, or `limit` from `offset` on."""
    with db.cursor() as cursor:
        found = cursor.execute(f"SELECT * FROM {_moved(db, version)} ORDER BY 1 LIMIT ? OFFSET ?", [limit, offset])
        return found.to_arrow_table()


def count_moved(db: Database, version: Version) -> int:
    """How many rows a version has in another split than its parent. Remembered: it never changes."""

    def counted() -> int:
        [(rows,)] = db.fetch(f"SELECT count(*) FROM {_moved(db, version)}")
        return int(rows)

    return db.remembered(("moved", version.version_id), counted)


def _moved(db: Database, version: Version) -> str:
    assert version.parent_id is not None, "a load gives no other splits"
    return f"""(SELECT p.example_id, p.split FROM {relation(db, version.parent_id)} p
                JOIN {relation(db, version.version_id)} v USING (example_id)
                WHERE p.split IS DISTINCT FROM v.split)"""


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
    """Part → rows; part None for rows in no split. The parts in their usual order."""
    sizes = dict(db.fetch(f"SELECT split, count(*) FROM {relation(db, version_id)} GROUP BY split"))
    return {part: sizes[part] for part in splits_in_order(sizes)}
