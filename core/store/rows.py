"""The rows of a version: count, page, fetch. Reads only; everything is cut to a page inside DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFoundError
from core.modalities import PAYLOAD_COLUMNS, WORDS
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID, Dataset, Example, RowFilter, RowOrder
from core.sql import identifier
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import attribute_column, sorted_by, where_sql
from core.store.masked import is_masked, masked_example, masked_value
from core.store.relations import relation
from core.store.search.rank import BEST, best_first
from core.store.versions import get_version
from core.targets import Target
from core.tasks import task_named

_FIXED = ("example_id", *PAYLOAD_COLUMNS, "given_label", "label", "split", "source_id")
BY_ROW = RowOrder()
_PICKABLE = ("label", "given_label", "split")


@dataclass(frozen=True, slots=True)
class Rows:
    """A version's rows for those who write SQL of their own, such as the profile."""

    db: Database
    relation: str
    """A subquery: `SELECT … FROM {relation}`."""
    target: Target
    """What a label in it is."""
    masked: bool = False
    """Whether the dataset is always masked."""

    def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one query."""
        return self.db.fetch(sql, parameters)

    def shown(self, column: str, value: str) -> str:
        """A value of an attribute as it may be shown, masked as in a row where the dataset always is."""
        return str(masked_value(column, value)) if self.masked else value


def rows_of(db: Database, version_id: str) -> Rows:
    """The rows of a version. Raises `NotFoundError`."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    masked = is_masked(db, dataset.dataset_id)
    return Rows(db, relation(db, version_id), task_named(dataset.task).target, masked)


def count_rows(db: Database, version_id: str, where: RowFilter) -> int:
    """Rows of the version that the filter keeps."""
    version = get_version(db, version_id)
    if where == RowFilter():
        return version.row_count
    rows = relation(db, version_id)
    condition, parameters = where_sql(db, version_id, where, get_dataset(db, version.dataset_id), rows)
    counted = db.fetch_one(f"SELECT count(*) FROM {rows} WHERE {condition}", parameters)
    return int(counted[0]) if counted else 0


def labels(db: Database, version_id: str) -> dict[int, str | None]:
    """Example id → label of every row that the version keeps: for small datasets."""
    return dict(db.fetch(f"SELECT example_id, label FROM {relation(db, version_id)}"))


def label_counts(db: Database, version_id: str, where: RowFilter) -> dict[str, int]:
    """Rows that the filter keeps by class, the most frequent first; a row counts in each of its classes. Nothing where
    labels are numbers."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    target, rows = task_named(dataset.task).target, relation(db, version_id)
    if target.numeric:
        return {}
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    label = f"unnest({target.classes_sql('label')})" if target.several else "label"
    return dict(
        db.fetch(
            f"""SELECT {label} AS class, count(*) FROM {rows} WHERE {condition} AND label IS NOT NULL
                GROUP BY ALL ORDER BY 2 DESC, 1""",
            parameters,
        )
    )


def label_spread(db: Database, version_id: str, where: RowFilter) -> tuple[int, float, float, float]:
    """Of labels that are numbers, of the rows that the filter keeps: how many, mean, standard deviation and median;
    zeros of none."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    rows = relation(db, version_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    found = db.fetch_one(
        f"""SELECT count(number), coalesce(avg(number), 0), coalesce(stddev_samp(number), 0),
                   coalesce(median(number), 0)
            FROM (SELECT CAST(label AS DOUBLE) AS number FROM {rows} WHERE {condition} AND label IS NOT NULL)""",
        parameters,
    )
    count, *figures = found or (0, 0.0, 0.0, 0.0)
    mean, deviation, middle = (float(one) for one in figures)
    return int(count), mean, deviation, middle


def page_rows(
    db: Database, version_id: str, where: RowFilter, limit: int, offset: int = 0, order: RowOrder = BY_ROW
) -> list[Example]:
    """Rows that the filter keeps, sorted as a whole. Only ids are sorted; payloads are fetched for the page alone."""
    return get_rows(db, version_id, page_of_ids(db, version_id, where, limit, offset, order))


def page_of_ids(
    db: Database, version_id: str, where: RowFilter, limit: int, offset: int = 0, order: RowOrder = BY_ROW
) -> list[int]:
    """The row ids of `page_rows`. Raises `NotFoundError` for an attribute that the dataset has not."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    rows = relation(db, version_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    kept = f"SELECT example_id FROM {rows} WHERE {condition}"
    in_order = f"{kept} ORDER BY {sorted_by(order, dataset)}" if order != BEST else ""
    query = in_order or best_first(db, version_id, where, kept)
    found = db.fetch(f"{query} LIMIT ? OFFSET ?", [*parameters, limit, offset])
    return [example_id for (example_id,) in found]


def ids_of(db: Database, version_id: str, where: RowFilter) -> NDArray[np.int64]:
    """The ids of all rows that the filter keeps, in no order."""
    rows = relation(db, version_id)
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    with db.cursor() as cursor:
        found = cursor.execute(f"SELECT example_id FROM {rows} WHERE {condition}", parameters).fetchnumpy()
    return np.asarray(found["example_id"], np.int64)


def count_and_page_of_ids(
    db: Database, version_id: str, where: RowFilter, limit: int, offset: int = 0, order: RowOrder = BY_ROW
) -> tuple[int, list[int]]:
    """`count_rows` and `page_of_ids`, in one pass over the rows that the filter keeps; only an order by texts takes
    two, since it would keep each of them until the first are found."""
    if where == RowFilter() or order.column in PAYLOAD_COLUMNS:
        found = page_of_ids(db, version_id, where, limit, offset, order)
        return count_rows(db, version_id, where), found
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    rows = relation(db, version_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    columns = ", ".join({EXAMPLE_ID} if order == BEST else {EXAMPLE_ID, identifier(order.column)})
    if order == BEST:
        among = f"FROM ({best_first(db, version_id, where, 'SELECT example_id FROM kept')})"
    else:
        among = f"FROM kept ORDER BY {sorted_by(order, dataset)}"
    kept = db.fetch(
        f"""WITH kept AS MATERIALIZED (SELECT {columns} FROM {rows} WHERE {condition})
            SELECT example_id, (SELECT count(*) FROM kept) {among} LIMIT ? OFFSET ?""",
        [*parameters, limit, offset],
    )
    total = kept[0][1] if kept else 0 if not offset else count_rows(db, version_id, where)
    return int(total), [example_id for example_id, _ in kept]


def get_rows(db: Database, version_id: str, example_ids: Sequence[int]) -> list[Example]:
    """These rows in the order asked. Raises `NotFoundError` for one that the version has not."""
    examples = rows_there(db, version_id, example_ids)
    missing = [example_id for example_id in example_ids if example_id not in examples]
    if missing:
        raise NotFoundError(
            f"Row {missing[0]} not found in this version.", "It was excluded, or the dataset has fewer rows."
        )
    return [examples[example_id] for example_id in example_ids]


def rows_there(db: Database, version_id: str, example_ids: Sequence[int]) -> dict[int, Example]:
    """These rows by their ids; those that the version has not are left out. Of a dataset that is always masked they
    are masked."""
    if not example_ids:
        return {}
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    columns = ", ".join((*_FIXED, *(identifier(attribute.column) for attribute in dataset.attributes)))
    found = db.fetch_named(f"SELECT {columns} FROM {relation(db, version_id, example_ids)}")
    examples = {row["example_id"]: _example(row, dataset) for row in found}
    if is_masked(db, dataset.dataset_id):
        return {example_id: masked_example(one, dataset.id_column or "") for example_id, one in examples.items()}
    return examples


def may_be_row(example_id: int) -> bool:
    """Whether a number, such as a browser sends, is small enough to be a row's id at all."""
    return 0 <= example_id < 2**63


def labels_of(db: Database, version_id: str, example_ids: Sequence[int]) -> dict[int, str | None]:
    """The current label of each of these rows; rows that the version has not are left out."""
    return (
        dict(db.fetch(f"SELECT example_id, label FROM {relation(db, version_id, example_ids)}")) if example_ids else {}
    )


def words_of(db: Database, version_id: str, example_ids: Sequence[int]) -> dict[int, str]:
    """The example of each of these rows in words; rows that the version has not are left out."""
    return (
        dict(db.fetch(f"SELECT example_id, {WORDS} FROM {relation(db, version_id, example_ids)}"))
        if example_ids
        else {}
    )


def rows_of_source_ids(db: Database, version_id: str, source_ids: Sequence[str]) -> dict[str, list[int]]:
    """The rows that carry each of the source's own ids; ids that no row carries are left out."""
    found = db.fetch(
        f"""SELECT source_id, list(example_id ORDER BY example_id) FROM {relation(db, version_id)}
            WHERE source_id IN (SELECT unnest(?)) GROUP BY source_id""",
        [list(source_ids)],
    )
    return dict(found)


def taken_names(db: Database, version_id: str) -> tuple[str, ...]:
    """Names of the rows' numbers that a column of the source's own has as well, with other values."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    columns = [(one.name, identifier(one.column)) for one in dataset.attributes]
    columns += [(dataset.id_column, "source_id")] if dataset.id_column else []
    named = [(name.strip().lower(), column) for name, column in columns]
    return tuple(
        name
        for name, column in named
        if name in (EXAMPLE_ID, EARLIER_EXAMPLE_ID)
        and db.fetch_one(
            f"""SELECT 1 FROM {relation(db, version_id)}
                WHERE CAST({column} AS VARCHAR) IS DISTINCT FROM CAST(example_id AS VARCHAR) LIMIT 1"""
        )
    )


def values(db: Database, version_id: str, column: str, limit: int) -> list[str]:
    """The values of a label, split or attribute column as text, most frequent first."""
    version = get_version(db, version_id)
    name = (
        identifier(column)
        if column in _PICKABLE
        else attribute_column(column, get_dataset(db, version.dataset_id).attributes)
    )
    found = db.fetch(
        f"""SELECT CAST({name} AS VARCHAR) AS value FROM {relation(db, version_id)} WHERE {name} IS NOT NULL
            GROUP BY ALL ORDER BY count(*) DESC, value LIMIT ?""",
        [limit],
    )
    return [value for (value,) in found]


def _example(row: dict[str, Any], dataset: Dataset) -> Example:
    attributes = {attribute.name: row[attribute.column] for attribute in dataset.attributes}
    return Example(**{name: row[name] for name in _FIXED}, attributes=attributes)
