"""Ways in which a file of a workspace comes to be broken."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import duckdb

FILES = ("winnow.duckdb", "ledger.sqlite", "jobs.sqlite")
PAGE = 4096
NEWER = 900

Way = Callable[[Path], None]


def flipped_in_front(file: Path) -> None:
    """Bits of the header."""
    _flip(file, 8, 24)


def flipped_within(file: Path) -> None:
    """Every page but the first: the first bytes of each say what is on it."""
    if file.suffix != ".sqlite":
        _flip(file, file.stat().st_size // 2, 200)
        return
    for page in range(1, file.stat().st_size // PAGE):
        _flip(file, page * PAGE, 12)


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2 // PAGE * PAGE)


def cut_short(file: Path) -> None:
    os.truncate(file, 60)


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def replaced_by_text(file: Path) -> None:
    file.write_text("Dear diary,\n" * 2000)


def replaced_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def replaced_by_another_database(file: Path) -> None:
    file.unlink()
    with closing(duckdb.connect(str(file)) if file.suffix == ".duckdb" else sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE songs (title VARCHAR)")


def missing(file: Path) -> None:
    file.unlink()


def newer(file: Path) -> None:
    """Of a schema that this release does not know."""
    if file.suffix == ".duckdb":
        with closing(duckdb.connect(str(file))) as opened:
            opened.execute("INSERT INTO schema_version VALUES (?)", [NEWER])
        return
    with closing(sqlite3.connect(file)) as opened:
        opened.execute(f"PRAGMA user_version = {NEWER}")


WAYS: Mapping[str, Way] = {
    way.__name__: way
    for way in (
        *(flipped_in_front, flipped_within, cut_in_half, cut_short, emptied, replaced_by_text, replaced_by_a_folder),
        *(replaced_by_another_database, missing, newer),
    )
}


def copied(workspace: Path, to: Path) -> Path:
    """A workspace as it would be had it been made at `to`: its jobs name their folders in full."""
    shutil.copytree(workspace, to)
    with closing(sqlite3.connect(to / "jobs.sqlite", isolation_level=None)) as jobs:
        jobs.execute("UPDATE jobs SET folder = replace(folder, ?, ?)", [str(workspace), str(to)])
    return to


def _flip(file: Path, at: int, count: int) -> None:
    content = bytearray(file.read_bytes())
    for place in range(at, min(at + count, len(content))):
        content[place] ^= 0xFF
    file.write_bytes(content)
