"""Looks into source files, and copies tables of images to Parquet as they are; both with an engine of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.progress import Report
from core.records import Reader
from core.sql import identifier, literal
from core.store.database import Cursor
from core.store.ingest import watch
from core.store.ingest.engine import engine
from core.store.ingest.lines import lines_of_records
from core.store.ingest.reject import keep_reported, make_rejected_rows, reported_lines, write_rejected

_ROWS_IN_A_GROUP = 2048
"""DuckDB's smallest: rows may hold images of megabytes, and a group is what a reader of the copy holds at once."""


def look(
    sql: str, extensions: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], tuple[str, ...], list[tuple[object, ...]]]:
    """Names, DuckDB types and rows of a query over files. Raises SourceError with the engine's words."""
    with engine(extensions) as cursor:
        cursor.execute(sql)
        described = cursor.description or []
        return tuple(str(c[0]) for c in described), tuple(str(c[1]) for c in described), cursor.fetchall()


def stage_table(
    reader: Reader,
    copy: Path,
    rejected: Path,
    lines: Path,
    on_progress: Report,
    stopped: Callable[[], bool],
) -> None:
    """Writes the reader's rows to the Parquet file `copy`, and what it set aside to `rejected` (file, line, reason,
    content). Where the lines of CSV rows are certain, `lines` gets them: (file, line) in the order of the copy.

    Raises SourceError where the source cannot be read, StoppedError once `stopped` says so."""
    with engine(reader.extensions, copy.parent / "spill") as cursor:
        for statement in reader.setup:
            cursor.execute(statement)
        options = f"FORMAT parquet, ROW_GROUP_SIZE {_ROWS_IN_A_GROUP}"
        sql = f"COPY (SELECT * FROM {reader.sql}) TO {literal(str(copy))} ({options})"
        expected = reader.row_estimate
        watch.execute(cursor, sql, [], lambda share, _: on_progress(share * (expected or 0), expected), stopped)
        make_rejected_rows(cursor)
        reported = reported_lines(cursor, reader) if reader.rejects else None
        if reported is not None:
            keep_reported(cursor, reported)
        if reader.file_column is not None:
            _write_lines(cursor, reader, copy, reported, lines)
        write_rejected(cursor, reader, rejected)


def _write_lines(cursor: Cursor, reader: Reader, copy: Path, reported: pa.Table | None, lines: Path) -> None:
    """Walks each CSV file for the lines of the rows that were copied from it."""
    refused = reported.to_pylist() if reported is not None else []
    found = []
    for file in reader.csv_files:
        sql = (
            f"SELECT count(*) FROM read_parquet({literal(str(copy))}) WHERE {identifier(reader.file_column or '')} = ?"
        )
        (accepted,) = cursor.execute(sql, [file.path]).fetchone() or (0,)
        aside = {row["line"] for row in refused if row["file"] == file.path}
        at = lines_of_records(file, aside, range(accepted), accepted)
        found.append(pa.table({"file": [file.path] * len(at), "line": list(at.values())}))
    if found:
        pq.write_table(pa.concat_tables(found, promote_options="permissive"), lines)
