"""The trash of a store that comes out of a backup."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

from core.store.times import now, stored


def begin_anew(path: Path) -> None:
    """Has everything in the trash of a file that nobody has open lie there from now on: what was due while the backup
    lay there may have been taken out since, and the next opening would delete it for good."""
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("UPDATE datasets SET trashed_at = ? WHERE state = 'trashed'", [stored(now())])
