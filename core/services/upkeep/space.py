"""What a workspace takes of its disk, by kind, and clearing by choice and by age: what can be computed again and, where
somebody is sure, what they can do without.

Works on the folder and the queue alone, so that it serves where the store cannot be opened: while the app has it, or on
a full disk. Looks at every file: a page asks for it off its script thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import JobError, UsageError
from core.files import remove
from core.jobs.predict.web import PREDICT
from core.jobs.train.web import TRAIN
from core.queue import Queue
from core.records import Job
from core.room import free_bytes, give_reserve, keep_reserve, size_words
from core.services.upkeep.backups import is_whole, list_backups
from core.settings import Workspace
from core.words import later

DAY = 86_400.0
TRASH = "trash"
"""The kind whose content lies in the database: `core.services.trash` empties it."""
_RUNS = (TRAIN.name, PREDICT.name)
"""Kinds of jobs whose output is kept in their folders; that of all others is taken in."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is cleared as a whole, such as one shard of embeddings or one job's folder."""

    paths: tuple[Path, ...]
    size: int
    """Bytes that they take of the disk."""
    modified: float
    """Epoch seconds of the newest."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that takes space."""

    name: str
    title: str
    about: str
    """What it is; of what can be computed again, what clearing it costs."""
    items: Callable[[Workspace], Iterator[Item]]
    again: bool = False
    """Whether it can be computed again."""
    read_by_jobs: bool = False
    """Whether any job that runs may be reading it."""
    spared: bool = False
    """Whether it can be given up though nothing brings it back: cleared where somebody is sure."""
    by: str = ""
    """What removes it in place of clearing."""
    stays: Callable[[Workspace], Sequence[Path]] = lambda workspace: ()
    """What of it is not cleared, whatever its age."""

    @property
    def clearable(self) -> bool:
        return self.again or self.spared


@dataclass(frozen=True, slots=True)
class KindSpace:
    """What there is of a kind."""

    kind: Kind
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        return sum(item.size for item in self.items)

    def older_than(self, days: float, now: float | None = None) -> tuple[Item, ...]:
        """What has not changed for so many days."""
        newest = (time.time() if now is None else now) - days * DAY
        return tuple(item for item in self.items if item.modified <= newest)


@dataclass(frozen=True, slots=True)
class Space:
    """What a workspace takes, as counted at a moment."""

    kinds: tuple[KindSpace, ...]
    free: int
    """Bytes that are free on its disk."""
    counted_at: datetime

    @property
    def size(self) -> int:
        return sum(one.size for one in self.kinds)

    @property
    def again(self) -> int:
        """Bytes of what can be computed again."""
        return sum(one.size for one in self.kinds if one.kind.again)


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was cleared of a kind."""

    kind: str
    count: int
    size: int


def space(workspace: Workspace) -> Space:
    """Counts every file. Takes as long as it takes to look at them: a second for some hundred thousand."""
    kinds = tuple(KindSpace(kind, tuple(kind.items(workspace))) for kind in KINDS)
    return Space(kinds, free_bytes(workspace.root), datetime.now(UTC))


def clear(workspace: Workspace, queue: Queue, name: str, days: float, *, sure: bool = False) -> Cleared:
    """Removes what there is of a kind that has not changed for so many days, but for what a job that has not ended, or
    is not taken in, made.

    Raises UsageError for a kind that is not cleared, or that cannot be computed again where nobody is `sure`; JobError
    while a job runs that may read it.
    """
    kind = next((one for one in KINDS if one.name == name), None)
    if kind is None or not kind.clearable:
        otherwise = f"It goes by `python -m core {kind.by}`." if kind and kind.by else ""
        raise UsageError(f"'{name}' cannot be cleared.", f"{otherwise} What can: {', '.join(CLEARABLE)}.".strip())
    under_way = queue.active()
    if kind.read_by_jobs and under_way:
        raise JobError(
            f"'{under_way[0].title}' is under way and may be reading the {kind.title.lower()}.",
            "Clear them once it has ended, or stop it: the page Jobs has it.",
        )
    kept = [*under_way, *queue.uncollected(), *queue.untaken()]
    found = KindSpace(kind, tuple(kind.items(workspace))).older_than(days)
    stays = kind.stays(workspace) if found else ()
    cleared = [item for item in found if not _in_use(item, kept) and not set(item.paths) & set(stays)]
    size = sum(item.size for item in cleared)
    if cleared and not kind.again and not sure:
        raise UsageError(
            f"{len(cleared):,} of {kind.title.lower()} ({size_words(size)}) cannot be computed again.",
            "Add --yes where you can do without them.",
        )
    for item in cleared:
        for path in item.paths:
            remove(path)
    return Cleared(name, len(cleared), size)


def cleared_of(workspace: Workspace, names: Sequence[str], days: float, *, sure: bool = False) -> list[Cleared]:
    """Clears several kinds in a workspace that need not be open. Raises as `clear` does."""
    give_reserve(workspace.root)
    queue = Queue(workspace)
    cleared = [clear(workspace, queue, name, days, sure=sure) for name in names]
    keep_reserve(workspace.root)
    return cleared


def _newest_whole(workspace: Workspace) -> list[Path]:
    """The newest backup that is whole by its digests, with its log; where none is, all of them."""
    known = list_backups(workspace)
    whole = next((one for one in known if is_whole(one)), None)
    return [
        path for one in ([whole] if whole else known) for path in (one.path, one.path.with_name(f"{one.path.name}.wal"))
    ]


def _in_use(item: Item, jobs: Sequence[Job]) -> bool:
    folders = [Path(job.folder) for job in jobs]
    return any(path.resolve().is_relative_to(folder) for path in item.paths for folder in folders)


def _cache(name: str) -> Callable[[Workspace], Iterator[Item]]:
    """The shards of a kind of arrays, each with the files that its name begins; see `core.arrays.shards`."""

    def items(workspace: Workspace) -> Iterator[Item]:
        for folder in _folders(workspace.arrays / name):
            shards: dict[str, list[Path]] = {}
            for path in sorted(folder.iterdir()):
                shards.setdefault(path.name.partition(".")[0], []).append(path)
            # What names a shard whole goes first, so that nobody finds it without its parts.
            yield from (_item(*sorted(paths, key=_names_shard, reverse=True)) for paths in shards.values())

    return items


def _names_shard(path: Path) -> bool:
    return path.name.endswith(".digests.npy")


def _checkpoints(workspace: Workspace) -> Iterator[Item]:
    return (_item(path) for path in workspace.runs.glob("*/output/checkpoint") if path.is_dir())


def _models(workspace: Workspace) -> Iterator[Item]:
    return (_item(path) for path in workspace.runs.glob("*/output/model") if path.is_dir())


def _runs(workspace: Workspace) -> Iterator[Item]:
    """Of trainings and predictions all but checkpoints and models."""
    for folder in _folders(workspace.runs):
        if _kind_of(folder) in _RUNS:
            output = folder / "output"
            paths = [*folder.iterdir(), *(output.iterdir() if output.is_dir() else ())]
            apart = (output, output / "checkpoint", output / "model")
            yield _item(*(path for path in paths if path not in apart))


def _jobs(workspace: Workspace) -> Iterator[Item]:
    """Of all other jobs what they read and made; the settings and the log stay."""
    for folder in _folders(workspace.runs):
        if _kind_of(folder) not in _RUNS:
            made = (path for name in ("input", "output") if (path := folder / name).is_dir())
            if paths := [path for one in made for path in one.iterdir()]:
                yield _item(*paths)


def _each(*names: str) -> Callable[[Workspace], Iterator[Item]]:
    """Each file and folder that these names find in the workspace, for itself."""
    return lambda workspace: (_item(path) for name in names for path in sorted(workspace.root.glob(name)))


def _whole(*names: str) -> Callable[[Workspace], Iterator[Item]]:
    """Files or folders of the workspace by name, which a `*` may end."""

    def items(workspace: Workspace) -> Iterator[Item]:
        found = [path for name in names for path in workspace.root.glob(name)]
        return (item for item in (_item(path) for path in found) if item.size)

    return items


def _kind_of(folder: Path) -> str:
    """The kind of job that a folder is of: `20261128-163746-scan-1e2584`."""
    return "-".join(folder.name.split("-")[2:-1])


def _folders(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if one.is_dir()) if path.is_dir() else []


def _item(*paths: Path) -> Item:
    size, modified = 0, 0.0
    for file in (file for path in paths for file in _files(path)):
        try:
            found = file.stat(follow_symlinks=False)
        except FileNotFoundError:  # it went while it was counted
            continue
        size += 512 * found.st_blocks
        modified = max(modified, found.st_mtime)
    return Item(paths, size, modified)


def _files(path: Path) -> Iterator[Path | os.DirEntry[str]]:
    """A file itself; of a folder every file in it."""
    if not path.is_dir() or path.is_symlink():
        yield path
        return
    waiting = [str(path)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except FileNotFoundError:
            continue
        waiting += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        yield from (entry for entry in entries if not entry.is_dir(follow_symlinks=False))


KINDS: tuple[Kind, ...] = (
    Kind(
        "embeddings",
        later("Embeddings"),
        later("The next scan or training makes them anew."),
        _cache("embeddings"),
        True,
        True,
    ),
    Kind(
        "pixels",
        later("Pixels"),
        later("The next scan or training decodes its images anew."),
        _cache("pixels"),
        True,
        True,
    ),
    Kind("tokens", later("Tokens"), later("The next scan or training makes them anew."), _cache("tokens"), True, True),
    Kind(
        "maps",
        later("Maps"),
        later("By principal components one is made anew when it is asked for; by UMAP once somebody starts it again."),
        _cache("maps"),
        True,
    ),
    Kind("checkpoints", later("Checkpoints"), later("A training that broke off begins anew."), _checkpoints, True),
    Kind(
        "queries",
        later("Copies for queries"),
        later("The next SQL query writes the views that it reads anew."),
        _each("queries/*"),
        True,
    ),
    Kind(
        "asked",
        later("Examples looked for"),
        later("Texts, images and sounds that rows were compared with; a filter or view by one asks for it again."),
        _each("asked/*"),
        spared=True,
    ),
    Kind("search", later("Search indexes"), later("The next ranked search makes one anew."), _each("search/*"), True),
    Kind(
        "jobs",
        later("Job folders"),
        later("What was taken in stays; the desk then shows two classes of a row, and a restore lacks scans."),
        _jobs,
        True,
    ),
    Kind("models", later("Models"), later("What trainings made."), _models, by="runs NAME --delete NUMBER"),
    Kind("runs", later("Runs"), later("Predictions and figures of trainings."), _runs, by="runs NAME --delete NUMBER"),
    Kind("media", later("Media"), later("The images and sounds of the datasets."), _whole("media")),
    Kind("database", later("Database"), later("Datasets, decisions, jobs."), _whole("*.duckdb*", "*.sqlite*")),
    Kind(
        "backups",
        later("Backups"),
        later("Copies of the database. The newest that is whole stays."),
        _each("backups/*"),
        spared=True,
        stays=_newest_whole,
    ),
    Kind("damaged", later("Set aside"), later("What a restore has moved away."), _each("damaged-*"), spared=True),
    Kind(
        "uploads",
        later("Uploads"),
        later("What browsers have sent; what was loaded of it stays."),
        _each("uploads/*"),
        False,
        True,
        True,
    ),
    Kind(TRASH, later("Trash"), later("Its datasets lie in the database."), _whole("trash")),
)
CLEARABLE = tuple(kind.name for kind in KINDS if kind.clearable)
