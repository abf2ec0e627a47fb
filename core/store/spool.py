"""Looks into source files and copies them to Parquet with an engine of its own, in memory: no workspace is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import SourceError
from core.records import Reader
from core.store import watch
from core.store.database import Cursor
from core.store.extensions import load_extensions
from core.store.lines import lines_of_records
from core.store.names import literal, quoted
from core.store.reject import keep_told, told_lines

MEMORY_LIMIT = "512MB"
THREADS = 4
"""Readers keep buffers for each."""
_ROWS_IN_A_GROUP = 2048
"""DuckDB's smallest: rows may hold images of megabytes, and a group is what a reader of the copy holds at once."""


def look(
    sql: str, extensions: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], tuple[str, ...], list[tuple[object, ...]]]:
    """Names, DuckDB types and rows of a query over files. Raises SourceError with the engine's words."""
    with _engine(extensions) as cursor:
        cursor.execute(sql)
        described = cursor.description or []
        return tuple(str(c[0]) for c in described), tuple(str(c[1]) for c in described), cursor.fetchall()


def spool(
    reader: Reader,
    copy: Path,
    rejected: Path,
    lines: Path,
    on_progress: Callable[[float, float | None], None],
    stopped: Callable[[], bool],
) -> None:
    """Writes the reader's rows to the Parquet file `copy`, and what it set aside to `rejected` (file, line, reason,
    content). Where the lines of CSV rows are certain, `lines` gets them: (file, line) in the order of the copy.

    Raises SourceError where the source cannot be read, StoppedError once `stopped` says so."""
    with _engine(reader.extensions) as cursor:
        for statement in reader.setup:
            cursor.execute(statement)
        options = f"FORMAT parquet, ROW_GROUP_SIZE {_ROWS_IN_A_GROUP}"
        sql = f"COPY (SELECT * FROM {reader.sql}) TO {literal(str(copy))} ({options})"
        expected = reader.row_estimate
        watch.execute(cursor, sql, [], lambda share: on_progress(share * (expected or 0), expected), stopped)
        columns = "dataset_id VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, content VARCHAR"
        cursor.execute(f"CREATE TABLE rejected_rows ({columns})")
        told = told_lines(cursor, reader) if reader.rejects else None
        if told is not None:
            keep_told(cursor, "", told)
        if reader.file_column is not None:
            _write_lines(cursor, reader, copy, told, lines)
        if reader.rejected_parquet is not None:
            cursor.execute("INSERT INTO rejected_rows SELECT '', * FROM read_parquet(?)", [reader.rejected_parquet])
        cursor.execute(
            f"COPY (SELECT * EXCLUDE dataset_id FROM rejected_rows) TO {literal(str(rejected))} (FORMAT parquet)"
        )


def _write_lines(cursor: Cursor, reader: Reader, copy: Path, told: pa.Table | None, lines: Path) -> None:
    """Walks each CSV file for the lines of the rows that were copied from it."""
    refused = told.to_pylist() if told is not None else []
    found = []
    for file in reader.csv_files:
        sql = f"SELECT count(*) FROM read_parquet({literal(str(copy))}) WHERE {quoted(reader.file_column or '')} = ?"
        (accepted,) = cursor.execute(sql, [file.path]).fetchone() or (0,)
        aside = {row["line"] for row in refused if row["file"] == file.path}
        at = lines_of_records(file, aside, range(accepted), accepted)
        found.append(pa.table({"file": [file.path] * len(at), "line": list(at.values())}))
    if found:
        pq.write_table(pa.concat_tables(found, promote_options="permissive"), lines)


@contextmanager
def _engine(extensions: tuple[str, ...]) -> Iterator[Cursor]:
    connection = duckdb.connect(
        ":memory:",
        config={"memory_limit": MEMORY_LIMIT, "threads": str(THREADS), "autoinstall_known_extensions": "false"},
    )
    try:
        load_extensions(connection, extensions)
        yield connection
    except duckdb.Error as error:
        cause = str(error).strip().split("\n", 1)[0]
        raise SourceError(
            f"The file cannot be read: {cause}", "Check the file, or save it as CSV or Parquet."
        ) from error
    finally:
        connection.close()
