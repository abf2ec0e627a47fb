"""Parquet files that jobs write, as SQL text."""

from __future__ import annotations

from pathlib import Path

from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID
from core.sql import literal
from core.store.database import Cursor


def job_file(cursor: Cursor, path: Path) -> str:
    """A relation with the file's rows, by `example_id`, and `file_row_number`. A job that release 0.1 started may end
    after an update, and has its own name for the ids."""
    rows = f"read_parquet({literal(str(path))}, file_row_number = true)"
    columns = cursor.execute("SELECT name FROM parquet_schema(?)", [str(path)]).fetchall()
    earlier = (EARLIER_EXAMPLE_ID,) in columns
    return f"(SELECT * RENAME ({EARLIER_EXAMPLE_ID} AS {EXAMPLE_ID}) FROM {rows})" if earlier else rows
