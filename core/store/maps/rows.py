"""The rows of a version as they lie on a map, which may be narrowed as lists are."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from core.records import EXAMPLE_ID, RowFilter
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import where_sql
from core.store.maps.points import file_sql
from core.store.relations import relation
from core.store.versions import get_version

ALL = RowFilter()


def points(db: Database, path: Path, version_id: str, value: str, join: str = "", where: RowFilter = ALL) -> pa.Table:
    """`example_id`, `x`, `y` and the `value` of each row of a version that lies on a map and that the filter keeps: SQL
    on the version's rows `r` and on what is joined to them."""
    rows = relation(db, version_id)
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    sql = f"""SELECT m.{EXAMPLE_ID}, m.x, m.y, {value} AS value
              FROM {file_sql(path)} m JOIN (SELECT * FROM {rows} WHERE {condition}) r USING ({EXAMPLE_ID}) {join}"""
    with db.cursor() as cursor:
        return cursor.execute(sql, parameters).to_arrow_table()
