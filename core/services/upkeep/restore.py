"""Puts copies of a backup in the place of what is damaged, and makes again what was done since the backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from core.errors import NotFoundError, StoreError, UsageError
from core.files import PART, remove
from core.jobs.registry import KINDS
from core.ledger.sqlite.file import SCHEMAS
from core.ledger.sqlite.salvage import Salvaged, newest_in, number_after, salvage
from core.queue.rebuild import add_from_folders
from core.queue.table import VERSION
from core.room import check_room
from core.services.context import open_context
from core.services.upkeep.again import Again, make_all_again
from core.services.upkeep.backups import Backup, broken, copy_to, damaged, get_backup, list_backups
from core.services.upkeep.check import Finding, check_is_workspace, files_of
from core.services.upkeep.maps import bring_maps
from core.services.upkeep.media import Media, bring, media, media_of
from core.settings import ASIDE, Workspace
from core.store.schema import MIGRATIONS
from core.store.upkeep.lock import kept_closed, mended
from core.store.upkeep.log import LOG, look_at_log
from core.store.upkeep.look import look
from core.store.upkeep.trash import begin_anew

_BESIDE = (".wal", ".tmp", "-wal", "-shm", "-journal")
"""What belongs to a database file beside it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    files: tuple[str, ...]
    """Those that were put back or made anew."""
    backup: str | None
    """What the copies are of; None where nothing of a backup was needed or there."""
    made_at: datetime | None
    aside: Path
    """Where what was there lies now."""
    acts: int
    """Acts that were read from a damaged ledger and are in no backup."""
    acts_missing: int
    again: Again
    media: Media
    """The images and sounds that have come from the backup, and those that are missing."""
    maps: int = 0
    """Maps that have come from the backup."""


def restore(workspace: Workspace, name: str | None = None, *, everything: bool = False) -> Restored:
    """Puts back what is damaged or missing, and makes again what was done since; with `everything` all three files, so
    that the workspace is as it was then. From the backup `name`, by default the newest whose copies are whole. What was
    there is moved beside, never deleted. All is made ready first: where that breaks off, nothing was touched.

    Raises `WorkspaceLockedError` while another process has the workspace open, `UsageError` where nothing is damaged,
    `NotFoundError` where there is no such backup, `StoreError` where it is broken or there is none to take.
    """
    if name is not None and "/" in name and everything:
        get_backup(workspace, name)
        workspace.root.mkdir(parents=True, exist_ok=True)  # a backup of elsewhere makes a new workspace
    else:
        check_is_workspace(workspace)
    with mended(workspace.root):
        return _restored(workspace, name, everything)


def _restored(workspace: Workspace, name: str | None, everything: bool) -> Restored:
    store = look(workspace.database)  # before there is a hold on it, which any closing of the file would end
    found = files_of(workspace, store)
    with kept_closed(workspace.database):
        files = _chosen(workspace, found, everything)
        if store.log and not store.problem and name is None and not everything:
            # The file is whole as of its last checkpoint, which is newer than any backup.
            files = [file + LOG if file == workspace.database.name else file for file in files]
        copied = [file for file in files if not file.endswith(LOG)]
        backup = _backup(workspace, name, copied)
        with beside(workspace) as ready:
            if copied != files:
                _keep_good(workspace, ready)
            if backup:
                _copy(workspace, backup, copied, ready)
            told = _with_the_acts_since(workspace, ready, files, store.newest_act, everything)
            if workspace.jobs_database.name in files and not everything:
                rebuild_jobs(workspace, ready)
            aside = replace(workspace, files, ready)
    context = open_context(workspace, mending=True)
    try:
        again = make_all_again(context)
        of_backup = media_of(backup.path) if backup and backup.media else None
        brought = bring(context, of_backup) if of_backup else media(context)
        maps = bring_maps(context, backup) if backup else 0
    finally:
        context.close()
    of, made_at = (backup.name, backup.made_at) if backup else (None, None)
    return Restored(tuple(files), of, made_at, aside, told.acts, told.missing, again, brought, maps)


def rebuild_jobs(workspace: Workspace, ready: Path) -> int:
    """Lists the jobs that the table in the folder `ready` lacks and whose folders are there; returns how many."""
    modules = {kind.name: kind.module for kind in KINDS.values()}
    return add_from_folders(workspace.runs, ready / workspace.jobs_database.name, modules)


def replace(workspace: Workspace, names: Sequence[str], ready: Path) -> Path:
    """Moves these files, and what belongs to them, into a folder of the workspace, which is returned, and what lies in
    the folder `ready` into their place. Where it breaks off, all is back where it was."""
    aside = _free(workspace.root, f"{ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S}")
    every = [f"{name}{ending}" for name in names for ending in ("", *_BESIDE)]
    moves = [(workspace.root / file, aside / file) for file in every if (workspace.root / file).exists()]
    moves += [(file, workspace.root / file.name) for file in sorted(ready.iterdir())]
    try:
        aside.mkdir()
        for source, target in moves:
            source.rename(target)
    except BaseException:
        for source, target in reversed(moves):
            if target.exists() and not source.exists():
                target.rename(source)
        with suppress(OSError):  # not there yet, or not empty: nothing of what it holds is ever deleted
            aside.rmdir()
        raise
    return aside


@contextmanager
def beside(workspace: Workspace) -> Iterator[Path]:
    """A folder in which files are made ready; it is gone afterwards."""
    folder = workspace.root / f"restore.{uuid4().hex}{PART}"
    try:
        folder.mkdir()
        yield folder
    finally:
        remove(folder)


def _chosen(workspace: Workspace, found: Sequence[Finding], everything: bool) -> list[str]:
    if everything:
        return [one.what for one in found]
    wrong = [one.what for one in found if one.state in ("damaged", "missing")]
    newer = [one for one in found if one.state == "newer"]
    if newer and not wrong:
        raise UsageError(
            f"{newer[0].what} is not damaged but of a newer Winnow: {newer[0].said}.",
            "Update Winnow; or go back to a backup with `python -m core restore --all`.",
        )
    if not wrong:
        raise UsageError(
            f"None of the three files of {workspace.root} is damaged.",
            "To go back to a backup all the same: `python -m core restore --all`. For broken arrays: "
            "`python -m core repair`.",
        )
    return wrong


def _backup(workspace: Workspace, name: str | None, files: Sequence[str]) -> Backup | None:
    """The backup to take the files of. The ledger and the jobs can be got back without one, the store cannot."""
    needed = [file for file in files if file == workspace.database.name]
    if name is not None:
        named = get_backup(workspace, name)
        problems = [problem for file in files if named.files_of(file) and (problem := _unusable(named, file))]
        problems += [problem for file in needed if (problem := _unusable(named, file))]
        if problems:
            raise StoreError(f"The backup cannot be used: {problems[0]}.", "Take another: `python -m core backups`.")
        return named
    problems = []
    for one in list_backups(workspace):
        wanted = [file for file in files if file in needed or one.files_of(file)]
        broken_ones = [problem for file in wanted if (problem := _unusable(one, file))]
        if wanted and not broken_ones:
            return one
        problems += broken_ones
    if needed:
        why = f"the newest: {problems[0]}" if problems else "none was made yet"
        raise NotFoundError(
            f"There is no backup of {needed[0]} that can be used ({why}).",
            "Decisions and job folders are kept. Move the file away by hand to begin with an empty store, and load the "
            "data again.",
        )
    return None


def _keep_good(workspace: Workspace, ready: Path) -> None:
    """Has the log's transactions ready that DuckDB reads."""
    log = workspace.database.with_name(workspace.database.name + LOG)
    (ready / log.name).write_bytes(log.read_bytes()[: look_at_log(workspace.database).good])


def _unusable(backup: Backup, file: str) -> str:
    known = {"winnow.duckdb": len(MIGRATIONS), "ledger.sqlite": len(SCHEMAS), "jobs.sqlite": VERSION}
    if any(one.schema > known[file] for one in backup.files_of(file) if one.name == file):
        return f"{backup.name} is of a newer Winnow"
    return broken(backup, file) or damaged(backup, file)


def _copy(workspace: Workspace, backup: Backup, names: Sequence[str], ready: Path) -> None:
    check_room(workspace.root, sum(one.size for name in names for one in backup.files_of(name)))
    for name in names:
        copy_to(backup, name, ready)
    if (store := ready / workspace.database.name).exists():
        begin_anew(store)


def _with_the_acts_since(
    workspace: Workspace, ready: Path, files: Sequence[str], newest: int, everything: bool
) -> Salvaged:
    """The acts of a damaged ledger that the backup has not, but where all goes back to it. Either way the next act gets
    a number that no other ever had: acts are held against backups by their numbers. `newest`: that the store knows."""
    name = workspace.ledger.name
    if name not in files:
        return Salvaged(0, 0)
    others = [*(one.path for one in list_backups(workspace)), *workspace.root.glob(f"{ASIDE}*")]
    if (store := ready / workspace.database.name).exists():
        newest = max(newest, look(store).newest_act)
    newest = max(newest, *(newest_in(folder / name) for folder in (workspace.root, *others)))
    if not everything:
        return salvage(workspace.ledger, ready / name, newest)
    if (ready / name).exists():
        number_after(ready / name, newest)
    return Salvaged(0, 0)


def _free(parent: Path, name: str) -> Path:
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(parent / one for one in names if not (parent / one).exists())
