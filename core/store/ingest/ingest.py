"""Takes a source that was read to Parquet (`core.store.ingest.stage`) into the store: one statement, all or nothing.

The connection that holds the workspace reads only these files of Winnow's own, never what people bring. Until the last
step the dataset is `loading`, which nobody lists and which the next start removes once its process is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import SourceError, StoppedError
from core.identity import own_mark
from core.progress import Report
from core.records import Dataset, KeptVersion, Schema, Staged
from core.sql import identifier, literal
from core.store.database import Cursor, Database, roll_back
from core.store.datasets import attributes_json, free_name, get_dataset
from core.store.ids import new_id
from core.store.ingest import watch
from core.store.names import examples_table
from core.store.relations import fingerprint_sql, relation_sql
from core.store.telling.class_lists import keep_class_list
from core.store.times import now, stored
from core.store.versions import insert_kept, insert_version
from core.tasks import task_named

Read = Callable[[Report, Callable[[], bool]], Staged]
"""Reads the source to Parquet files, as `stage` beside does: gets how to tell its progress and whether to stop."""
_READING = 0.75
"""Share of a load that is over once the source has been read; what is left is taking it in."""
_SLOW_COMPRESSIONS = "fsst,dict_fsst,dictionary,zstd"


@dataclass(frozen=True, slots=True)
class _Load:
    db: Database
    schema: Schema
    dataset_id: str
    on_progress: Report
    stopped: Callable[[], bool]

    @property
    def table(self) -> str:
        return examples_table(self.dataset_id)


def ingest(
    db: Database,
    read: Read,
    schema: Schema,
    *,
    name: str,
    source: str,
    licence: str,
    by: str,
    on_progress: Report,
    stopped: Callable[[], bool],
    job_id: str | None = None,
    former: KeptVersion | None = None,
    note: str = "",
    unseen: Callable[[str], None] | None = None,
) -> Dataset:
    """Loads a source as a new dataset with its first version and returns it, ready; with `former` as the dataset and
    the version that this was, under their ids, where the rows are the same. `note`: of its first version. `unseen`:
    gets its id while nobody can see it yet.

    What a job makes is loaded once: where the dataset of `job_id` exists, it is returned as it stands.

    `on_progress` gets (rows done, rows expected or None). Raises what `read` raises, `SourceError` where the copy that
    it made is not whole, `StoppedError` once `stopped` says so, and `UsageError` where the name is taken; nothing is
    left behind then.
    """
    load = _Load(db, schema, former.version.dataset_id if former else new_id(), on_progress, stopped)
    with db.write() as cursor:
        known = _made_by(cursor, job_id)
        if known is None:
            _reserve(cursor, load, free_name(cursor, name), source, licence, by, job_id)
    if known is not None:
        return get_dataset(db, known)
    try:
        staged = read(lambda done, total: on_progress(_READING * done, total), stopped)
        _check_stopped(load)
        _check(staged)
        _take_in(load, staged)
        _check_stopped(load)
        if unseen is not None:
            unseen(load.dataset_id)
        _make_ready(load, staged, by, former, note)
    except BaseException:
        _discard(load)
        raise
    on_progress(staged.row_count, staged.row_count)
    return get_dataset(db, load.dataset_id)


def _check(staged: Staged) -> None:
    """Raises SourceError where the copy does not hold what it is said to hold."""
    try:
        found = pq.read_metadata(staged.rows)
        names = set(pq.read_schema(staged.rows).names)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"The copy of the source cannot be read. Arrow says: “{error}”.", "Load it again.") from error
    missing = [column for column in staged.types if column not in names]
    if found.num_rows != staged.row_count or missing:
        raise SourceError(
            f"The copy of the source has {found.num_rows:,} rows of {staged.row_count:,}"
            + (f" and lacks the columns {', '.join(missing)}." if missing else "."),
            "Load it again.",
        )


def _take_in(load: _Load, staged: Staged) -> None:
    """Writes the examples and the rows set aside. Row ids are the places in the copy, which is never reordered.

    Texts are stored as they come: finding the best compression for them would take as long again as reading them, and
    `derive` rewrites the table compressed when nobody waits."""
    total = staged.row_count

    def report(share: float, _: float | None) -> None:
        load.on_progress((_READING + (1 - _READING) * share) * total, total)

    with load.db.room_for(len(staged.types)), load.db.cursor() as cursor:
        cursor.execute(f"SET GLOBAL disabled_compression_methods = '{_SLOW_COMPRESSIONS}'")
        try:
            _commit(load, cursor, f"CREATE TABLE {load.table} AS {_select(cursor, staged)}", report)
        except duckdb.OutOfMemoryException as error:
            raise SourceError(
                f"The store has too little memory for {len(staged.types):,} columns of {total:,} rows.",
                "Load it with fewer attributes, or in several files.",
            ) from error
        except duckdb.IOException as error:
            raise SourceError(
                f"The store could not write it. DuckDB says: “{error}”.", "Make room on the disk."
            ) from error
        finally:
            cursor.execute("SET GLOBAL disabled_compression_methods = ''")
        with load.db.write_with(cursor):
            cursor.execute(
                "INSERT INTO rejected_rows SELECT ?, file, line, reason, content FROM read_parquet(?)",
                [load.dataset_id, staged.rejected],
            )


def _select(cursor: Cursor, staged: Staged) -> str:
    """The copy's columns with the types that they had in the source, where Parquet has no equal for one."""
    rows = f"read_parquet({literal(staged.rows)}, file_row_number=true)"
    written = {name: kind for name, kind, *_ in cursor.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
    columns = [
        identifier(column)
        if written[column] == kind or kind.startswith("ENUM")
        else f"CAST({identifier(column)} AS {kind})"
        for column, kind in staged.types.items()
    ]
    named = (f"{sql} AS {identifier(column)}" for sql, column in zip(columns, staged.types, strict=True))
    return f"SELECT file_row_number AS example_id, {', '.join(named)} FROM {rows}"


def _made_by(cursor: Cursor, job_id: str | None) -> str | None:
    found = cursor.execute(
        "SELECT dataset_id FROM datasets WHERE job_id = ? AND state <> 'loading'", [job_id]
    ).fetchone()
    return str(found[0]) if found else None


def _reserve(cursor: Cursor, load: _Load, name: str, source: str, licence: str, by: str, job_id: str | None) -> None:
    cursor.execute(
        """INSERT INTO datasets (dataset_id, name, task, source, licence, labels, attributes, id_column, row_count,
                                 rejected_count, state, created_at, created_by, derived_ready, job_id, owner)
           VALUES (?, ?, ?, ?, ?, [], '[]', ?, 0, 0, 'loading', ?, ?, false, ?, ?)""",
        [
            *(load.dataset_id, name, task_named(load.schema.task).name, source, licence, load.schema.id),
            *(stored(now()), by, job_id, own_mark()),
        ],
    )


def _make_ready(load: _Load, staged: Staged, by: str, former: KeptVersion | None, note: str) -> None:
    with load.db.write() as cursor:
        if former is None:
            insert_version(cursor, load.dataset_id, None, "load", note, by, staged.row_count)
        else:
            _insert_former(cursor, load, former)
        _keep_layout(cursor, load, staged)
        cursor.execute(
            """UPDATE datasets SET labels = ?, attributes = ?, row_count = ?, rejected_count = ?, state = 'ready'
               WHERE dataset_id = ?""",
            [
                list(staged.labels),
                attributes_json(staged.attributes),
                staged.row_count,
                staged.rejected_count,
                load.dataset_id,
            ],
        )
        row = cursor.execute("SELECT version_id FROM versions WHERE dataset_id = ?", [load.dataset_id]).fetchone()
        if row is not None:
            keep_class_list(cursor, str(row[0]))


def _keep_layout(cursor: Cursor, load: _Load, staged: Staged) -> None:
    cursor.execute("DELETE FROM layouts WHERE dataset_id = ?", [load.dataset_id])
    if staged.layout:
        cursor.execute("INSERT INTO layouts VALUES (?, ?)", [load.dataset_id, json.dumps(dict(staged.layout))])


def _insert_former(cursor: Cursor, load: _Load, former: KeptVersion) -> None:
    """Raises SourceError where the rows are not those that the version had."""
    found = cursor.execute(fingerprint_sql(relation_sql(load.dataset_id, None))).fetchone()
    if found is None or str(found[0]) != former.version.fingerprint:
        raise SourceError("Its source has changed since: the rows are not those that were decided on.", "Load it anew.")
    insert_kept(cursor, former)


def _commit(load: _Load, cursor: Cursor, sql: str, report: Report) -> None:
    """A long statement that leaves other writes alone while it runs and takes its turn only to commit."""
    cursor.execute("BEGIN")
    try:
        watch.execute(cursor, sql, [], report, load.stopped)
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
        cursor.execute(f"DROP TABLE IF EXISTS {load.table}")
        cursor.execute("DELETE FROM rejected_rows WHERE dataset_id = ?", [load.dataset_id])
        cursor.execute("DELETE FROM datasets WHERE dataset_id = ?", [load.dataset_id])
