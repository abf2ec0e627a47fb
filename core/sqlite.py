"""What a SQLite file of the workspace has come to: read as it is, never made. For whoever keeps things in one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import StoreError, WorkspaceDamagedError

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ
_PRIMARY = 0xFF
"""What of an error's code is not its detail."""


@contextmanager
def damage_said(path: Path, works: str, hint: str) -> Iterator[None]:
    """Raises `WorkspaceDamagedError` where what is done within finds the file damaged, and `StoreError` where it cannot
    be opened. `works`: what goes on working without the file, `hint`: how it comes back."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & _PRIMARY in _DAMAGE or code == _SHORT_READ:
            raise WorkspaceDamagedError(path, f"SQLite says “{error}”", works, hint) from error
        if code & _PRIMARY == sqlite3.SQLITE_CANTOPEN:
            if path.exists() and not path.is_file():
                raise WorkspaceDamagedError(path, "a folder is in its place", works, hint) from error
            raise StoreError(
                f"{path} cannot be opened: {error}.", "Check who may read and write that folder."
            ) from error
        raise


def tables_of(path: Path) -> Mapping[str, frozenset[str]]:
    """The columns of each table of the file; none where there is no file or an empty one. Reads a page or two of it.
    Raises `sqlite3.DatabaseError` for what is no database."""
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return {}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: frozenset(column for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", [name]))
            for name in names
            if not name.startswith("sqlite_")
        }


def version_of(path: Path) -> int:
    """The version that whoever keeps the file has given it (`user_version`); 0 where there is none."""
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def copy(path: Path, target: Path) -> None:
    """Copies a file as it stands at one moment, its write-ahead log included; others go on reading and writing. What is
    damaged in it is damaged in the copy."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copied:
        source.backup(copied)
        try:
            copied.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CORRUPT:
                raise


def integrity_of(path: Path) -> str:
    """What SQLite finds wrong in all of a file that opens, its first words; an empty text where it finds nothing."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if found == "ok" else str(found).strip().replace("\n", " ")
