"""Takes a source into the store: one statement that DuckDB runs itself, bad rows set aside, all or nothing.

The rows land in a table of their own first, in the source's order. Only where some of them cannot be used is that
table written a second time without them, so a clean file pays nothing for the check. Until the last step the dataset
is `loading`, which nobody lists and which the next start removes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from core.errors import SourceError, StoppedError
from core.records import Attribute, Dataset, Reader, Schema
from core.settings import MAX_CLASSES
from core.store import watch
from core.store.columns import Plan, label_order, plan
from core.store.database import Cursor, Database, roll_back
from core.store.datasets import attributes_json, free_name, get_dataset
from core.store.extensions import load_extensions
from core.store.ids import new_id
from core.store.names import examples_table
from core.store.reject import keep_rejected
from core.store.times import now, stored
from core.store.versions import insert_version

OnProgress = Callable[[float, float | None], None]
_ROWS_AT_ONCE = 4_000_000
"""Rows whose ids are written in one transaction: bounds the memory that the change takes."""


@dataclass(frozen=True, slots=True)
class _Load:
    db: Database
    reader: Reader
    schema: Schema
    dataset_id: str
    on_progress: OnProgress
    stopped: Callable[[], bool]

    @property
    def table(self) -> str:
        return examples_table(self.dataset_id)


def ingest(
    db: Database,
    reader: Reader,
    schema: Schema,
    *,
    name: str,
    source: str,
    licence: str,
    by: str,
    on_progress: OnProgress,
    stopped: Callable[[], bool],
) -> Dataset:
    """Loads a source as a new dataset with its first version and returns it, ready.

    `on_progress` gets (rows done, rows expected or None). Raises `SchemaError` where a column does not fit its role,
    `SourceError` where the source cannot be read or makes no dataset, `StoppedError` once `stopped` says so, and
    `UsageError` where the name is taken; nothing is left behind then.
    """
    load = _Load(db, reader, schema, new_id(), on_progress, stopped)
    with db.write() as cursor:
        _reserve(cursor, load, free_name(cursor, name), source, licence, by)
    try:
        _fill(load, by)
    except BaseException:
        _discard(load)
        raise
    return get_dataset(db, load.dataset_id)


def _fill(load: _Load, by: str) -> None:
    with load.db.cursor() as cursor:
        try:
            columns = _prepare(load, cursor)
            _read(load, cursor, columns)
        except duckdb.Error as error:
            raise _unreadable(error) from error
        rejected = keep_rejected(load.db, cursor, load.reader, load.dataset_id, load.table)
        _check_stopped(load)
        _drop_unusable(load, cursor, columns)
        row_count = _number_rows(load, cursor)
        labels = _labels(cursor, load, row_count, rejected)
        attributes = columns.kinds(cursor, load.table, row_count)
    _check_stopped(load)
    _make_ready(load, labels, attributes, row_count, rejected, by)
    load.on_progress(row_count, row_count)


def _reserve(cursor: Cursor, load: _Load, name: str, source: str, licence: str, by: str) -> None:
    cursor.execute(
        "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, [], '[]', ?, 0, 0, 'loading', ?, ?, false, NULL)",
        [load.dataset_id, name, load.schema.task, source, licence, load.schema.id is not None, stored(now()), by],
    )


def _prepare(load: _Load, cursor: Cursor) -> Plan:
    load_extensions(cursor, load.reader.extensions)
    for statement in load.reader.setup:
        cursor.execute(statement)
    return plan(cursor, load.reader, load.schema)


def _read(load: _Load, cursor: Cursor, columns: Plan) -> None:
    """The one pass over the source. Stored as it comes: choosing a compression would take as long again as reading,
    and `derive` rewrites the table compressed when nobody waits."""
    expected = load.reader.row_estimate

    def on_share(share: float) -> None:
        load.on_progress(share * (expected or 0), expected)

    cursor.execute("SET GLOBAL force_compression = 'uncompressed'")
    try:
        _commit(load, cursor, f"CREATE TABLE {load.table} AS {columns.select(load.reader.sql)}", on_share)
    finally:
        cursor.execute("SET GLOBAL force_compression = 'auto'")


def _drop_unusable(load: _Load, cursor: Cursor, columns: Plan) -> None:
    """Rewrites the table without rows that have a reason against them; where there are none, drops the columns."""
    (unusable,) = cursor.execute(f"SELECT count({Plan.REASON}) FROM {load.table}").fetchone() or (0,)
    if unusable:
        kept, hidden = f"{load.table}_kept", ", ".join(columns.passing)
        _commit(
            load,
            cursor,
            f"CREATE TABLE {kept} AS SELECT * EXCLUDE ({hidden}) FROM {load.table} WHERE {Plan.REASON} IS NULL",
            lambda share: None,
        )
        with load.db.write() as writer:
            writer.execute(f"DROP TABLE {load.table}")
            writer.execute(f"ALTER TABLE {kept} RENAME TO {load.table}")
        return
    with load.db.write() as writer:
        for column in columns.passing:
            writer.execute(f"ALTER TABLE {load.table} DROP COLUMN {column}")


def _number_rows(load: _Load, cursor: Cursor) -> int:
    """Row ids in the source's order: the position in a table that was written once and never changed. Numbering while
    reading (`row_number()`) would keep one core busy and the others idle."""
    (row_count,) = cursor.execute(f"SELECT count(*) FROM {load.table}").fetchone() or (0,)
    for start in range(0, row_count, _ROWS_AT_ONCE):
        with load.db.write() as writer:
            writer.execute(
                f"UPDATE {load.table} SET row_id = rowid WHERE rowid >= ? AND rowid < ?", [start, start + _ROWS_AT_ONCE]
            )
        _check_stopped(load)
    return int(row_count)


def _labels(cursor: Cursor, load: _Load, row_count: int, rejected: int) -> tuple[str, ...]:
    """The classes. Raises `SourceError` where they make no dataset."""
    if not row_count:
        aside = f": all {rejected:,} rows were set aside" if rejected else ""
        raise SourceError(f"The source has no usable row{aside}.", "Check that it is the right file and label column.")
    found = cursor.execute(f"SELECT DISTINCT given_label FROM {load.table}").fetchall()
    labels = label_order(label for (label,) in found)
    if len(labels) == 1:
        raise SourceError(
            f"Every row has the label {labels[0]!r}: with one class there is nothing to tell apart.",
            f"Choose another label column than {load.schema.label!r}, or add rows of a second class.",
        )
    if len(labels) > MAX_CLASSES:
        raise SourceError(
            f"Column {load.schema.label!r} has {len(labels):,} different values; at most {MAX_CLASSES:,} classes fit.",
            "It is probably an id or a text: choose the column that holds the class.",
        )
    return labels


def _make_ready(
    load: _Load, labels: tuple[str, ...], attributes: tuple[Attribute, ...], row_count: int, rejected: int, by: str
) -> None:
    with load.db.write() as cursor:
        insert_version(cursor, load.dataset_id, None, "load", "", by, row_count)
        cursor.execute(
            """UPDATE datasets SET labels = ?, attributes = ?, row_count = ?, rejected_count = ?, state = 'ready'
               WHERE dataset_id = ?""",
            [list(labels), attributes_json(attributes), row_count, rejected, load.dataset_id],
        )


def _commit(load: _Load, cursor: Cursor, sql: str, on_share: watch.Share) -> None:
    """A long statement that leaves other writes alone while it runs and takes its turn only to commit."""
    cursor.execute("BEGIN")
    try:
        watch.execute(cursor, sql, [], on_share, load.stopped)
        with load.db.exclusive():
            cursor.execute("COMMIT")
    except BaseException:
        roll_back(cursor)
        raise


def _check_stopped(load: _Load) -> None:
    if load.stopped():
        raise StoppedError("Stopped before the end; nothing was kept.", "Start it again when you want it.")


def _discard(load: _Load) -> None:
    with load.db.write() as cursor:
        for table in (load.table, f"{load.table}_kept"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute("DELETE FROM rejected_rows WHERE dataset_id = ?", [load.dataset_id])
        cursor.execute("DELETE FROM datasets WHERE dataset_id = ?", [load.dataset_id])


def _unreadable(error: duckdb.Error) -> SourceError:
    cause = str(error).strip().split("\n", 1)[0]
    return SourceError(f"The source cannot be read: {cause}", "Check the file, or choose its format by hand.")
