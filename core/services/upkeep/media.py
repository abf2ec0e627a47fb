"""Images and sounds, which lie in the workspace's `media/` and in a backup only where it was asked for: which are
missing, and how they come back from another such folder."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.context import Context
from core.errors import NotFoundError, StoppedError
from core.files import PART, whole
from core.records import Dataset
from core.room import check_room
from core.services.trash import STATES
from core.settings import Workspace
from core.store.datasets import list_datasets
from core.store.relations import relation_sql
from core.tasks import task_named
from core.words import later

FOLDER = "media"
SMALLER = ("thumbnails", "previews")
"""Folders in it with what is made of the originals, by their digests."""
LOOKED_AT = 10
"""Files of a dataset that a page looks for."""
_IDS = "SELECT DISTINCT media_id FROM {} WHERE media_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Missing:
    """Images and sounds of a dataset that are not there."""

    dataset: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Media:
    """What the media folder lacks."""

    folder: Path
    missing: tuple[Missing, ...]
    brought: int = 0
    """Files that have come from another folder."""
    changed: int = 0
    """Files there that are not what their names say, which stay where they are."""

    @property
    def count(self) -> int:
        return sum(one.count for one in self.missing)

    @property
    def lines(self) -> list[str]:
        """What is missing, and how it comes back; nothing where all is there."""
        if not self.missing:
            return []
        where = ", ".join(f"{one.dataset} {one.count:,} of {one.of:,}" for one in self.missing)
        return [f"{self.count:,} images or sounds are missing in {self.folder}: {where}.", HOW]


HOW = later(
    "`python -m core media --from FOLDER` brings them: from a backup made with --with-files, or from the workspace "
    "that they were loaded in."
)


def files_of(media: Path) -> list[Path]:
    """Every file of a media folder that is whole."""
    return [path for path in media.rglob("*.*") if path.is_file() and not path.name.endswith(PART)]


def copy_all(files: list[Path], media: Path, target: Path, stopped: Callable[[], bool]) -> None:
    """Copies files of a media folder into another. Raises `StoppedError` once `stopped` says so."""
    for path in files:
        if stopped():
            raise StoppedError("The copy was given up.", "Make it again when you want it.")
        copy = target / path.relative_to(media)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def media(context: Context) -> Media:
    """What is missing. A look for each file: some seconds for a million."""
    folder, found = context.workspace.media, []
    for dataset, ids in _named(context):
        count = sum(not (folder / one).is_file() for one in ids)
        found += [Missing(dataset.name, count, len(ids))] if count else []
    return Media(folder, tuple(found))


def lacks(context: Context, dataset: Dataset) -> bool:
    """Whether some of the first images or sounds of a dataset are missing."""
    if not task_named(dataset.task).modality.in_files:
        return False
    rows = relation_sql(dataset.dataset_id, None)
    sql = f"SELECT media_id FROM {rows} WHERE media_id IS NOT NULL LIMIT {LOOKED_AT}"
    return any(not (context.workspace.media / str(one)).is_file() for (one,) in context.store.fetch(sql))


def bring(context: Context, source: Path) -> Media:
    """Copies those that are missing from another media folder, a workspace or a backup that has one, and says what is
    missing still. A file that is not what its name says is left.

    Raises `NotFoundError` where there is no such folder, `NoRoomError` where there is too little room.
    """
    there, own = _folder(source), context.workspace.media
    wanted = [one for _, ids in _named(context) for one in ids if not (own / one).is_file()]
    found = [one for one in dict.fromkeys(wanted) if (there / one).is_file()]
    smaller = [place for one in found for place in _smaller(one) if (there / place).is_file()]
    check_room(own, sum((there / place).stat().st_size for place in (*found, *smaller)))
    changed = [one for one in found if not _copied(there / one, own / one)]
    for place in smaller:
        if not (own / place).exists() and Path(place).stem not in {Path(one).stem for one in changed}:
            _copy(there / place, own / place)
    left = media(context)
    return Media(own, left.missing, len(found) - len(changed), len(changed))


def media_of(place: Path) -> Path:
    """The media folder of a backup or a workspace."""
    return place / FOLDER


def lacking(workspace: Workspace, ids: frozenset[str]) -> int:
    """How many of these files are not there."""
    return sum(not (workspace.media / one).is_file() for one in ids)


def _named(context: Context) -> Iterator[tuple[Dataset, list[str]]]:
    """The files that datasets name, those in the trash too."""
    for state in STATES:
        for dataset in list_datasets(context.store, state):
            if task_named(dataset.task).modality.in_files:
                rows = context.store.fetch(_IDS.format(relation_sql(dataset.dataset_id, None)))
                yield dataset, [str(one) for (one,) in rows]


def _folder(source: Path) -> Path:
    for place in (media_of(source), source):
        if any(place.glob("??/*.*")):
            return place
    raise NotFoundError(
        f"{source} holds no images or sounds of a workspace.",
        "Name a backup that was made with --with-files, a workspace, or its folder media.",
    )


def _smaller(media_id: str) -> list[str]:
    one = Path(media_id)
    return [f"{kind}/{one.parent}/{one.stem}.webp" for kind in SMALLER]


def _copied(source: Path, target: Path) -> bool:
    """Originals are named by their digest."""
    with source.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != source.stem:
            return False
    _copy(source, target)
    return True


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target, flush=False) as part:
        shutil.copyfile(source, part)
