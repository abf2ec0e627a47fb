"""Files with what the views hold, beside the workspace's own: each can be made again, and goes with its dataset."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import duckdb

from core.errors import StoreError
from core.sql import identifier, literal, recast
from core.store.database import Database
from core.store.query.views import QueryView

TURN = "sql copies"
"""Whose turn it is to make copies."""
KEPT = 2
"""Copies of a view of a dataset: two people may look at two versions."""
KEPT_IDS = 50
"""Files of row ids of a dataset's queries: one of a million ids has 4 MB."""
SPARED_SECONDS = 900.0
"""What was used so lately stays, however many there are: a filter of many queries, or somebody else, may read it."""
_PATH = re.compile(r"""["'](/[^"']*)["']""")


def copy_file(folder: Path, dataset_id: str, view: QueryView) -> Path:
    """Where a view's copy lies, once it is there."""
    return folder / f"{dataset_id}.{view.name}.{view.digest}.duckdb"


def make_copy(db: Database, folder: Path, dataset_id: str, view: QueryView, rows: Path | None = None) -> Path:
    """Writes a view into its file, where it is not there, and removes older ones; `rows`: a Parquet file that holds
    them already. To be called by one at a time."""
    out = copy_file(folder, dataset_id, view)
    if out.exists():
        used(out)
        return out
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{uuid4().hex}.part"
    alias = identifier(f"copy {part.stem}")
    try:
        with db.cursor() as cursor:
            columns = cursor.execute(f"DESCRIBE {view.sql}").fetchall()
            held = view.sql
            if rows is not None:
                types = {str(name): str(kind) for name, kind, *_ in columns}
                held = recast(f"SELECT * FROM read_parquet({literal(str(rows))})", types)
            with db.room_for(len(columns)):
                cursor.execute(f"ATTACH {literal(str(part))} AS {alias}")
                try:
                    cursor.execute(f"CREATE TABLE {alias}.copy AS {held}")
                    cursor.execute(f"CHECKPOINT {alias}")
                finally:
                    cursor.execute(f"DETACH {alias}")
        part.replace(out)
    except duckdb.Error as error:
        raise StoreError(
            f"The view {view.name!r} could not be copied for queries: {_without_paths(str(error).splitlines()[0])}",
            "Check the disk of the workspace and run the query again.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
    _remove(folder, f"{dataset_id}.{view.name}.*.duckdb", KEPT)
    return out


def ids_file(folder: Path, dataset_id: str, digest: str) -> Path:
    """Where the row ids of a query lie, once they are there."""
    return folder / f"{dataset_id}.ids.{digest}.parquet"


def forget_ids(folder: Path, dataset_id: str) -> None:
    """Removes files of row ids of a dataset but for those used last, and all used lately."""
    _remove(folder, f"{dataset_id}.ids.*.parquet", KEPT_IDS, time.time() - SPARED_SECONDS)


def forget_copies(folder: Path, dataset_id: str) -> None:
    """Removes all copies of a dataset's views."""
    _remove(folder, f"{dataset_id}.*", 0)


def used(file: Path) -> bool:
    """Marks a file as used now. False where it is not there."""
    with suppress(FileNotFoundError):
        os.utime(file)
        return True
    return False


def _without_paths(message: str) -> str:
    return _PATH.sub(lambda found: f'"{Path(found[1]).name}"', message)


def _remove(folder: Path, names: str, kept: int, before: float = float("inf")) -> None:
    """Removes what these names find, but for so many used last, and what was used after a moment."""

    def made(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except FileNotFoundError:
            return 0.0

    for old in sorted(folder.glob(names), key=made, reverse=True)[kept:]:
        if made(old) < before:
            old.unlink(missing_ok=True)
