"""The store's file as DuckDB opens it, and what is made of DuckDB's errors where it is held, damaged or gone."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from core.errors import StoreError, WinnowError, WorkspaceDamagedError, WorkspaceLockedError
from core.store.acts.mirror import Mirror
from core.store.upkeep.log import look_at_log

MEMORY_MB = 512
"""DuckDB's own share; what does not fit spills to disk beside the file. The whole process stays under 1 GB with it."""
LOCK = "Could not set lock on file"
_DAMAGE = re.compile(
    r"not a valid DuckDB|Corrupt (database|WAL)|Could not read|with version number|Failed to deserialize|Is a directory"
    r"|replaying WAL",
    re.I,
)
"""How DuckDB's errors of a file that is not as it was written say so."""
_WORKS = "Decisions, runs and their figures are kept apart from it, in ledger.sqlite, and what jobs have made in runs/."
_BACK = (
    "`python -m core check` says what is whole; `python -m core restore` puts a backup in place and applies the "
    "decisions again."
)
_HOLDER = re.compile(r"lock is held in (?P<program>.*?) ?\(PID (?P<pid>\d+)\)")


def connect(path: Path, mirror: Mirror) -> duckdb.DuckDBPyConnection:
    """Opens the file, or makes it, with the mirror beside it. Raises `WorkspaceLockedError` while another process has
    it open, `WorkspaceDamagedError` where it is not as it was written, `StoreError` where the disk says no."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        # In DuckDB 1.5.5 queries for which it fetches columns late leave memory behind, some 3 KB each.
        "disabled_optimizers": "late_materialization",
    }
    new = not path.exists()
    try:
        connection = duckdb.connect(str(path), config=config)
    except duckdb.Error as error:
        if new and LOCK not in str(error):
            path.unlink(missing_ok=True)  # what a full disk left of it, which would be taken for a damaged file
        raise _unopened(path, error) from error
    mirror.attach(connection)
    return connection


def check_log(path: Path) -> None:
    """Raises `WorkspaceDamagedError` where DuckDB would pass over what was saved, and lose it with its next write."""
    if (said := look_at_log(path).problem) and path.exists():
        try:
            duckdb.connect(str(path), read_only=True).close()  # in use elsewhere, it may be in the middle of a write
        except duckdb.Error as error:
            raise _unopened(path, error) from error
        raise damaged(path, said)


def fatal(error: BaseException | None) -> str | None:
    """What DuckDB said, where an error or one behind it has left the connection invalid."""
    while error is not None:
        if isinstance(error, duckdb.FatalException | duckdb.InternalException | duckdb.ConnectionException):
            original = str(error).rpartition('Original error: "')[2]
            return original.strip().split("\n", 1)[0]
        error = error.__cause__ or error.__context__
    return None


def gone(path: Path, message: str) -> bool:
    """Whether DuckDB's words are about a file of the workspace that is not there: a copy for queries, or a map."""
    missing = "No files found" in message or "No such file" in message
    return missing and str(path.parent) in message


def damage_said(path: Path, message: str) -> WorkspaceDamagedError | None:
    """The error that names the file's damage, where DuckDB's words are about that and about this file."""
    if not _DAMAGE.search(message) or ("Corrupt database" not in message and str(path) not in message):
        return None
    return damaged(path, f"DuckDB says “{short_of(path, message)}”")


def short_of(path: Path, message: str) -> str:
    """The first line of what DuckDB says, without the kind of error and the path that who reads it knows."""
    said = message.split("\n", 1)[0].replace(f' "{path}"', "").strip()
    return re.sub(r"^(IO|Serialization|INTERNAL|FATAL) Error: ", "", said, flags=re.I).rstrip("!. ")


def damaged(path: Path, said: str) -> WorkspaceDamagedError:
    """What is raised of a damaged database file."""
    return WorkspaceDamagedError(path, said, _WORKS, _BACK)


def _unopened(path: Path, error: duckdb.Error) -> WinnowError:
    """What is raised where DuckDB does not open the file: an error of the system is not one of the file."""
    message = str(error)
    if LOCK in message:
        return _locked(path, message)
    if found := damage_said(path, message):
        return found
    said = short_of(path, message)
    if isinstance(error, duckdb.IOException) or "No space left" in message:
        return StoreError(f"{path} cannot be opened: {said}.", "Check the disk, and who may read and write there.")
    return damaged(path, f"DuckDB cannot open it: “{said}”")


def _locked(path: Path, message: str) -> WorkspaceLockedError:
    found = _HOLDER.search(message)
    holder = f" by {found['program'] or 'another program'} (process {found['pid']})" if found else ""
    return WorkspaceLockedError(
        f"The workspace {path.parent} is already open{holder}.",
        "Close the app or wait for the other command, or give this one its own --workspace.",
    )
