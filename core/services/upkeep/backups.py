"""Backups: a folder of copies of the workspace's three files and of its maps, with a manifest that says what they are.

`backups/20260102-030405-daily/` has `manifest.json` and the copies; it appears whole. Earlier releases copied
`winnow.duckdb` alone into `backups/`: such a file counts as a backup of that one, without a digest.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Literal

from core import sqlite
from core.errors import JobError, NotFoundError, StoppedError, StoreError, UsageError
from core.files import remove, whole
from core.ledger.sqlite.look import look as look_at_ledger
from core.queue.table import problem_of
from core.release import release
from core.room import check_room
from core.services.upkeep.media import copy_all, files_of, media_of
from core.settings import Workspace, expanded
from core.store.backup import backup as copy_database
from core.store.database import Database
from core.store.schema import version_of
from core.store.upkeep.look import look as look_at_store
from core.typed import from_json, to_json

Why = Literal["daily", "upgrade", "asked"]

DAYS, UPGRADES = 7, 3
"""Of backups made by themselves: of so many days one each is kept, and so many from before an upgrade."""
_LOOKS: Mapping[str, Callable[[Path], str]] = {
    "winnow.duckdb": lambda path: look_at_store(path).problem,
    "ledger.sqlite": lambda path: look_at_ledger(path).problem,
    "jobs.sqlite": problem_of,
}
"""What says what is wrong within each of the files."""
_LOG = logging.getLogger("winnow")
_MANIFEST = "manifest.json"
_WAL = ".wal"
MAPS = "arrays/maps"
"""Where maps lie in a workspace, and in a backup."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A file of a backup."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """Empty for one of an earlier release."""
    schema: int
    """The version of what is in it; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    """ISO 8601, UTC."""
    why: Why
    release: str
    files: tuple[Copied, ...]
    mark: str = ""
    """Of the store's content: the same as long as nothing changed."""
    media: int = 0
    """Files of images and sounds that are in it."""
    media_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is there."""

    name: str
    path: Path
    """Its folder; that of the file, where an earlier release made it."""
    made_at: datetime
    why: Why
    release: str
    files: tuple[Copied, ...]
    mark: str = ""
    media: int = 0
    media_bytes: int = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(one.size for one in self.files) + self.media_bytes

    def files_of(self, name: str) -> tuple[Copied, ...]:
        """The copy of the workspace's file of that name, and the write-ahead log that belongs to it."""
        return tuple(one for one in self.files if one.name in (name, name + _WAL))

    def source(self, copied: Copied) -> Path:
        """Where the copy lies."""
        if self.path.is_dir():
            return self.path / copied.name
        return self.path.with_name(self.path.name + _WAL) if copied.name.endswith(_WAL) else self.path


def list_backups(workspace: Workspace) -> list[Backup]:
    """Every backup of the workspace, newest first. A folder without a manifest that can be read is none."""
    found = [_backup(path) for path in workspace.backups.glob("*")] if workspace.backups.is_dir() else []
    return sorted((one for one in found if one), key=lambda one: (one.made_at, one.name), reverse=True)


def get_backup(workspace: Workspace, name: str) -> Backup:
    """By its name, or by its folder where it lies elsewhere. Raises `NotFoundError` with the names that exist."""
    if "/" in name and (elsewhere := _backup(expanded(name).resolve())):
        return elsewhere
    for one in (known := list_backups(workspace)):
        if one.name == name:
            return one
    names = ", ".join(one.name for one in known) or "none yet"
    raise NotFoundError(f"There is no backup {name!r}.", f"This workspace has: {names}.")


def broken(backup: Backup, name: str) -> str:
    """What is wrong with a backup's copy of the file `name`: an empty text where its digest is right. Reads it all."""
    if not backup.files_of(name):
        return f"the backup {backup.name} has no {name}"
    for one in backup.files_of(name):
        source = backup.source(one)
        if not source.is_file():
            return f"{source} is missing"
        if source.stat().st_size != one.size:
            return f"{source} has {source.stat().st_size:,} bytes of {one.size:,}"
        if one.sha256 and _sha256(source) != one.sha256:
            return f"{source} is not as it was written: its digest is another"
    return ""


def damaged(backup: Backup, name: str) -> str:
    """What is damaged within a backup's copy of the file `name`, which is as it was written: a backup of a damaged file
    has the damage too. An empty text where nothing is, or there is none. Reads it all."""
    for one in backup.files_of(name):
        look = _LOOKS.get(one.name)  # none for the log, which is read with its file
        if look and (problem := look(backup.source(one))):
            return f"{name} of the backup {backup.name} is damaged: {problem}"
    return ""


def copy_to(backup: Backup, name: str, folder: Path) -> None:
    """Copies a backup's copy of the file `name`, and its log, into a folder. Raises `StoreError` where what was written
    there is not what the backup was made with."""
    for one in backup.files_of(name):
        with whole(folder / one.name) as part:
            shutil.copyfile(backup.source(one), part)
            if one.sha256 and _sha256(part) != one.sha256:
                raise StoreError(
                    f"The copy of {backup.source(one)} did not come out as it was written: its digest is another.",
                    "Look after the disk, then do this again: nothing was touched.",
                )


def make_backup(
    workspace: Workspace,
    store: Database,
    why: Why,
    to: Path | None = None,
    *,
    unless_as: Backup | None = None,
    with_files: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Backup | None:
    """Makes a backup in `to`, by default the workspace's `backups/`; None where all is as in the backup `unless_as`.
    With the images and sounds where `with_files` is given: it is told how many files and bytes they are before.

    The store is copied first: what is decided meanwhile is in the copy of the ledger and is applied again. Raises
    `StoreError` where it cannot be written, `NoRoomError` where images and sounds have too little room, `UsageError`
    where `to` is a file, `StoppedError` once `stopped` says so.
    """
    parent = to or workspace.backups
    if parent.exists() and not parent.is_dir():
        raise UsageError(f"{parent} is a file.", "Name a folder: --to FOLDER.")
    mark = _mark(workspace, store) if version_of(store) else ""
    if unless_as and unless_as.mark == mark and _small_as_before(workspace, unless_as):
        return None
    made_at = datetime.now(UTC)
    target = _free(parent, f"{made_at:%Y%m%d-%H%M%S}-{why}")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as part:
            part.mkdir()
            copy_database(store, part / workspace.database.name, stopped)
            for file in (workspace.ledger, workspace.jobs_database):
                if file.is_file():
                    sqlite.copy(file, part / file.name)
            copied = tuple(_copied(file, file.name, store) for file in sorted(part.iterdir()))
            copied += _maps_copied(workspace, part, stopped)
            files = files_of(workspace.media) if with_files else []  # after the store, which so knows of no others
            size = sum(file.stat().st_size for file in files)
            if with_files:
                with_files(len(files), size)
                check_room(part, size)
                copy_all(files, workspace.media, media_of(part), stopped)
            manifest = Manifest(made_at.isoformat(), why, release(), copied, mark, len(files), size)
            (part / _MANIFEST).write_text(json.dumps(to_json(manifest), indent=1), encoding="utf-8")
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreError(
            f"The backup {target} could not be written: {error}.", "Make room there, or name another folder: --to."
        ) from error
    return _backup(target)


def prune(workspace: Workspace) -> list[Backup]:
    """Removes backups made by themselves that are older than they are kept, and returns them. Those that somebody
    asked for stay.

    Nothing goes unless what stays is whole, by its digests: in the place of one that is not, the next older that is
    whole stays. They are read where something is to go, and no others: a second for some gigabytes.
    """
    known = list_backups(workspace)
    kept = _days_kept([one for one in known if one.why == "daily"])
    kept += _whole([one for one in known if one.why == "upgrade"], UPGRADES)
    gone = [one for one in known if one.why != "asked" and one not in kept]
    for one in gone:
        remove(one.path)
        if one.path.suffix:
            remove(one.path.with_name(one.path.name + _WAL))
    return gone


def prune_unless_damaged(workspace: Workspace, made: Backup | None) -> None:
    """`prune` after a backup was made, but not where it turns out that it is one of a damaged file."""
    problem = made and next((said for one in made.files if (said := damaged(made, one.name))), "")
    if problem:
        _LOG.error("%s. Older backups are kept; `python -m core check` says what to do.", problem)
    else:
        prune(workspace)


def is_whole(backup: Backup) -> bool:
    """Whether every copy is as it was written. Reads it all."""
    return not any(broken(backup, one.name) for one in backup.files if not one.name.endswith(_WAL))


def _days_kept(known: Sequence[Backup]) -> list[Backup]:
    """Of backups, newest first: the newest whole one of each of the last days, and for each of these days that has only
    broken ones a whole one of an older day; at least one, however old."""
    since = datetime.now(UTC).date() - timedelta(days=DAYS - 1)
    days = {day: list(those) for day, those in groupby(known, lambda one: one.made_at.date())}
    if len(days) == len(known) and all(day >= since for day in days):
        return list(known)  # nothing is to go
    kept: list[Backup] = []
    lacking = 0 if any(day >= since for day in days) else 1
    for day, those in days.items():
        if day < since and not lacking:
            break
        whole = next((one for one in those if is_whole(one)), None)
        if day >= since:
            kept.append(whole or those[0])
            lacking += whole is None
        elif whole:
            kept.append(whole)
            lacking -= 1
    return kept or list(known[:1])


def _whole(known: Sequence[Backup], count: int) -> list[Backup]:
    """Of backups, newest first, so many that are whole; where there are fewer, the newest of the others too."""
    if len(known) <= count:
        return list(known)
    whole = list(islice((one for one in known if is_whole(one)), count))
    return whole + [one for one in known if one not in whole][: count - len(whole)]


def _backup(path: Path) -> Backup | None:
    if path.is_dir():
        try:
            content = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
            said = from_json(Manifest, content, str(path / _MANIFEST))
            made_at = datetime.fromisoformat(said.made_at)
        except (OSError, ValueError, JobError, AttributeError):
            return None
        return Backup(
            path.name, path, made_at, said.why, said.release, said.files, said.mark, said.media, said.media_bytes
        )
    if path.suffix != ".duckdb" or not path.is_file():
        return None
    log = path.with_name(path.name + _WAL)
    files = [(path, "winnow.duckdb"), *([(log, "winnow.duckdb" + _WAL)] if log.is_file() else [])]
    copied = tuple(Copied(name, file.stat().st_size, "", 0) for file, name in files)
    return Backup(path.name, path, datetime.fromtimestamp(path.stat().st_mtime, UTC), "upgrade", "0.1", copied)


def _copied(file: Path, name: str, store: Database) -> Copied:
    schema = sqlite.version_of(file) if file.suffix == ".sqlite" else version_of(store)
    return Copied(name, file.stat().st_size, _sha256(file), schema)


def _maps_of(workspace: Workspace) -> list[Path]:
    return sorted((workspace.root / MAPS).glob("*/*.parquet"))


def _maps_copied(workspace: Workspace, part: Path, stopped: Callable[[], bool]) -> tuple[Copied, ...]:
    """The maps, each as it is: one that goes or is made anew meanwhile is left out, or is whole."""
    copied = []
    for path in _maps_of(workspace):
        if stopped():
            raise StoppedError("The backup was given up.", "Make it again when you want it.")
        name = path.relative_to(workspace.root).as_posix()
        copy = part / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.copyfile(path, copy)
            copied.append(Copied(name, copy.stat().st_size, _sha256(copy), 0))
    return tuple(copied)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _mark(workspace: Workspace, store: Database) -> str:
    """Examples and overrides change with the rows of these tables, predictions with the jobs'; maps with their
    files."""
    tables = ("datasets", "versions", "scans")
    rows: list[object] = [store.fetch(f"SELECT * FROM {table} ORDER BY ALL") for table in tables]
    rows += [(str(path.relative_to(workspace.root)), path.stat().st_mtime_ns) for path in _maps_of(workspace)]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _small_as_before(workspace: Workspace, backup: Backup) -> bool:
    """Whether the ledger and the jobs are as they were copied: they are small, so they are copied once more to see."""
    with tempfile.TemporaryDirectory() as folder:
        for file in (workspace.ledger, workspace.jobs_database):
            copy = Path(folder) / file.name
            sqlite.copy(file, copy)
            if [one.sha256 for one in backup.files_of(file.name)] != [_sha256(copy)]:
                return False
    return True


def _free(parent: Path, name: str) -> Path:
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(parent / one for one in names if not (parent / one).exists())
