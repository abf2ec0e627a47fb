"""A DuckDB of its own, in memory, for reading files: no workspace is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from core.errors import SourceError
from core.store.database import WIDE, Cursor
from core.store.ingest.extensions import load_extensions

MEMORY_MB = 512
WIDE_MEMORY_MB = 800
"""For the copy of a wide table: most of what is counted are blocks that it never fills."""
MAX_THREADS = 4
"""Readers keep buffers for each."""


@contextmanager
def engine(extensions: Sequence[str], spill: Path | None = None) -> Iterator[Cursor]:
    """An engine until the end of the block. What exceeds its memory goes to the folder `spill`; without one, it fails.

    Any error of DuckDB leaves it as a SourceError with the engine's words."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{MEMORY_MB}MB",
            "threads": str(min(MAX_THREADS, len(os.sched_getaffinity(0)))),
            "temp_directory": str(spill) if spill else "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    try:
        load_extensions(connection, extensions)
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise SourceError(
            f"The file takes more than the {MEMORY_MB} MB of memory that a reader gets.",
            "Save it as CSV or Parquet, in several files or with fewer columns, and load that.",
        ) from error
    except (duckdb.Error, UnicodeError) as error:
        cause = str(error).strip().split("\n", 1)[0]
        raise SourceError(
            f"The file cannot be read. DuckDB says: “{cause}”.", "Check the file, or save it as CSV or Parquet."
        ) from error
    finally:
        connection.close()


def make_room(cursor: Cursor, columns: int) -> None:
    """Lets an engine read a table of so many columns: one thread alone, which holds a block for each of them, and no
    search for what several columns have in common, which takes a time that grows with their square (22 of 24 seconds
    of 2,000 columns)."""
    if columns > WIDE:
        cursor.execute("SET disabled_optimizers = 'common_subexpressions'")
        cursor.execute(f"SET memory_limit = '{WIDE_MEMORY_MB}MB'")
        cursor.execute("SET threads = 1")
