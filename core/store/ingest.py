"""Takes a source into the store: one statement that DuckDB runs itself, bad rows set aside, all or nothing.

The rows land in a table of their own first, in the source's order. Only where some of them cannot be used is that
table written a second time without them, so a clean file pays nothing for the check. Until the last step the dataset
is `loading`, which nobody lists and which the next start removes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from core.errors import SourceError, StoppedError, TypeMisfitError
from core.records import Attribute, Dataset, Reader, Schema
from core.settings import MAX_CLASSES
from core.store import watch
from core.store.columns import Plan, attribute_kinds, label_order, plan
from core.store.database import Cursor, Database, roll_back
from core.store.datasets import attributes_json, free_name, get_dataset
from core.store.extensions import load_extensions
from core.store.ids import new_id
from core.store.names import examples_table
from core.store.narrow import narrow
from core.store.reject import Rejected, keep_rejected
from core.store.times import now, stored
from core.store.versions import insert_version

OnProgress = Callable[[float, float | None], None]
_FEW_MISFITS = 0.001
"""Share of the rows that may be lost to a column's type."""
_ROWS_AT_ONCE = 4_000_000
"""Rows whose ids are written in one transaction: bounds the memory that the change takes."""
_SLOW_COMPRESSIONS = "fsst,dict_fsst,dictionary,zstd"


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
    job_id: str | None = None,
) -> Dataset:
    """Loads a source as a new dataset with its first version and returns it, ready.

    What a job makes is loaded once: where the dataset of `job_id` exists, it is returned as it stands.

    `on_progress` gets (rows done, rows expected or None). Raises `SchemaError` where a column does not fit its role,
    `SourceError` where the source cannot be read or makes no dataset, `StoppedError` once `stopped` says so, and
    `UsageError` where the name is taken; nothing is left behind then.
    """
    load = _Load(db, reader, schema, new_id(), on_progress, stopped)
    with db.write() as cursor:
        known = _made_by(cursor, job_id)
        if known is None:
            _reserve(cursor, load, free_name(cursor, name), source, licence, by, job_id)
    if known is not None:
        return get_dataset(db, known)
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
        if load.reader.types_may_give_way:
            _refuse_misfits(load, cursor)
        columns = narrow(load.db, cursor, load.reader, columns, load.table)
        rejected = keep_rejected(load.db, cursor, load.reader, load.dataset_id, load.table, columns.test)
        _check_stopped(load)
        _drop_unusable(load, cursor, columns, rejected)
        row_count = _number_rows(load, cursor)
        labels = _labels(load, cursor, row_count, rejected.count)
        attributes = attribute_kinds(cursor, columns, load.table, row_count)
    _check_stopped(load)
    _make_ready(load, labels, attributes, row_count, rejected.count, by)
    load.on_progress(row_count, row_count)


def _made_by(cursor: Cursor, job_id: str | None) -> str | None:
    found = cursor.execute(
        "SELECT dataset_id FROM datasets WHERE job_id = ? AND state <> 'loading'", [job_id]
    ).fetchone()
    return str(found[0]) if found else None


def _reserve(cursor: Cursor, load: _Load, name: str, source: str, licence: str, by: str, job_id: str | None) -> None:
    cursor.execute(
        "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, [], '[]', ?, 0, 0, 'loading', ?, ?, false, NULL, ?)",
        [load.dataset_id, name, load.schema.task, source, licence, load.schema.id, stored(now()), by, job_id],
    )


def _prepare(load: _Load, cursor: Cursor) -> Plan:
    load_extensions(cursor, load.reader.extensions)
    for statement in load.reader.setup:
        cursor.execute(statement)
    return plan(cursor, load.reader, load.schema)


def _read(load: _Load, cursor: Cursor, columns: Plan) -> None:
    """The one pass over the source. Texts are stored as they come: finding the best compression for them would take
    as long again as reading them, and `derive` rewrites the table compressed when nobody waits."""
    expected = load.reader.row_estimate

    def on_share(share: float) -> None:
        load.on_progress(share * (expected or 0), expected)

    cursor.execute(f"SET GLOBAL disabled_compression_methods = '{_SLOW_COMPRESSIONS}'")
    try:
        _commit(load, cursor, f"CREATE TABLE {load.table} AS {columns.select(load.reader.sql)}", on_share)
    finally:
        cursor.execute("SET GLOBAL disabled_compression_methods = ''")


def _refuse_misfits(load: _Load, cursor: Cursor) -> None:
    """A few values that do not fit set their rows aside; where they are many, the type is wrong, not the values."""
    misfits = cursor.execute(
        f"""SELECT column_name FROM reject_errors WHERE error_type = 'CAST' GROUP BY column_name
            HAVING count(*) > {_FEW_MISFITS} * (SELECT count(*) FROM {load.table}) ORDER BY column_name"""
    ).fetchall()
    if misfits:
        raise TypeMisfitError(tuple(str(column) for (column,) in misfits))


def _drop_unusable(load: _Load, cursor: Cursor, columns: Plan, rejected: Rejected) -> None:
    """Writes the table again without the rows set aside and without what the source says of each row; where there is
    neither, nothing."""
    if rejected.unusable:
        kept = f"{load.table}_kept"
        hidden = f"EXCLUDE ({', '.join(columns.passing)})" if columns.passing else ""
        sql = f"CREATE TABLE {kept} AS SELECT * {hidden} FROM {load.table} WHERE NOT ({columns.test.fails})"
        _commit(load, cursor, sql, lambda share: None)
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


def _labels(load: _Load, cursor: Cursor, row_count: int, rejected: int) -> tuple[str, ...]:
    """The classes, without outer blanks. Raises `SourceError` where they make no dataset."""
    if not row_count:
        aside = f": all {rejected:,} rows were set aside" if rejected else ""
        raise SourceError(f"The source has no usable row{aside}.", "Check that it is the right file and label column.")
    found = {label for (label,) in cursor.execute(f"SELECT DISTINCT given_label FROM {load.table}").fetchall()}
    if any(label != label.strip() for label in found):
        with load.db.write() as writer:
            stripped = "trim(given_label, E' \\t\\r\\n')"
            writer.execute(f"UPDATE {load.table} SET given_label = {stripped} WHERE given_label <> {stripped}")
        found = {label.strip(" \t\r\n") for label in found}
    _check_classes(load.schema, found)
    return label_order(found)


def _check_classes(schema: Schema, labels: set[str]) -> None:
    if len(labels) == 1:
        raise SourceError(
            f"Every row has the label {next(iter(labels))!r}: with one class there is nothing to tell apart.",
            f"Choose another label column than {schema.label!r}, or add rows of a second class.",
        )
    if len(labels) > MAX_CLASSES:
        raise SourceError(
            f"Column {schema.label!r} has {len(labels):,} different values; at most {MAX_CLASSES:,} classes fit.",
            "It is probably an id or a text: choose the column that holds the class.",
        )


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
