"""Attributes worked out from the payload, added behind a load: the table is written beside the old one and swapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol
from uuid import uuid4

import pyarrow as pa
from duckdb.func import PythonUDFType
from duckdb.sqltypes import VARCHAR

from core.progress import Report
from core.records import Attribute, AttributeKind
from core.sql import identifier
from core.store.database import Cursor, Database, roll_back
from core.store.datasets import attributes_json, get_dataset
from core.store.ingest import watch
from core.store.ingest.columns import RESERVED
from core.store.names import examples_table
from core.store.relations import CONTENT_HASH


class Derived(Protocol):
    """An attribute and the SQL expression over `text` (and the other columns) that gives it, or, where there is a
    function, the texts that this is given."""

    @property
    def name(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def kind(self) -> AttributeKind: ...
    @property
    def sql(self) -> str: ...
    @property
    def function(self) -> Callable[[Sequence[str]], list[str]] | None: ...


def derive(
    db: Database,
    dataset_id: str,
    derived: Sequence[Derived],
    on_progress: Report,
    stopped: Callable[[], bool],
) -> None:
    """Adds derived attributes to a dataset, once; `on_progress` gets the share done of 1.

    Readers see the old table until the new one is whole. Raises `StoppedError` once `stopped` says so; the dataset
    stays as it was.
    """
    dataset = get_dataset(db, dataset_id)
    if dataset.derived_ready:
        return
    taken = {*RESERVED, *(attribute.column.lower() for attribute in dataset.attributes)}
    named = [(each, _free(each.column, taken)) for each in derived]
    table = examples_table(dataset_id)
    if named:
        with db.room_for(len(dataset.attributes)):
            _write_beside(db, table, named, on_progress, stopped)
    names = {attribute.name.lower() for attribute in dataset.attributes}
    attributes = dataset.attributes + tuple(
        Attribute(f"{each.name} (derived)" if each.name.lower() in names else each.name, column, each.kind, True)
        for each, column in named
    )
    with db.write() as cursor:
        if named:
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute(f"ALTER TABLE {table}_derived RENAME TO {table}")
        cursor.execute(
            "UPDATE datasets SET attributes = ?, derived_ready = true WHERE dataset_id = ?",
            [attributes_json(attributes), dataset_id],
        )


def _write_beside(
    db: Database,
    table: str,
    named: Sequence[tuple[Derived, str]],
    on_progress: Report,
    stopped: Callable[[], bool],
) -> None:
    with db.write() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}_derived")
    with db.cursor() as cursor, _expressions(cursor, named) as expressions:
        added = ", ".join(f"({sql}) AS {identifier(column)}" for sql, column in expressions)
        cursor.execute("BEGIN")
        try:
            kept = f"* REPLACE ({CONTENT_HASH} AS content_hash)"
            sql = f"CREATE TABLE {table}_derived AS SELECT {kept}, {added} FROM {table}"
            watch.execute(cursor, sql, [], on_progress, stopped)
            with db.exclusive():
                cursor.execute("COMMIT")
        except BaseException:
            roll_back(cursor)
            raise


@contextmanager
def _expressions(cursor: Cursor, named: Sequence[tuple[Derived, str]]) -> Iterator[list[tuple[str, str]]]:
    """The SQL of each attribute with its column. Functions are known to the whole database meanwhile, so each gets a
    name that no other derivation uses."""
    made: list[str] = []
    try:
        found = []
        for each, column in named:
            sql = each.sql
            if each.function is not None:
                made.append(f"derived_{uuid4().hex}")
                cursor.create_function(made[-1], _arrow(each.function), [VARCHAR], VARCHAR, type=PythonUDFType.ARROW)
                sql = f"{made[-1]}({sql})"
            found.append((sql, column))
        yield found
    finally:
        for name in made:
            cursor.remove_function(name)


def _arrow(function: Callable[[Sequence[str]], list[str]]) -> Callable[[pa.ChunkedArray], pa.Array]:
    return lambda texts: pa.array(function(texts.to_pylist()), pa.string())


def _free(column: str, taken: set[str]) -> str:
    while column.lower() in taken:
        column += "_derived"
    return column
