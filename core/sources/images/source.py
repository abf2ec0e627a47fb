"""Images, sounds and the like as a folder or a ZIP: one folder per class, or split folders that hold class folders.

What the folders say of each file is `core.sources.images.folders`, what kinds there are `core.sources.images.kinds`.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

from core.errors import SourceError
from core.modalities.file_fault import FileFault
from core.records import Preview, Schema
from core.settings import MAX_CELL_BYTES, expanded
from core.sources.base import PREVIEW_ROWS, Bench, Source
from core.sources.guess import describe, split_name
from core.sources.images.archive import check_members, entries, read_member
from core.sources.images.folders import Place, notes_on, places
from core.sources.images.kinds import IMAGES, SOUNDS, FileKind, commonest
from core.sources.paths import TABLE_SUFFIXES, existing, is_utf8, shown_name, walk
from core.sources.tabular import label_notes
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS
from core.tasks import task_of
from core.words import stored

SKIPPED = ("__MACOSX", ".")
"""How files and folders begin that are nobody's examples."""
TABLE = "metadata.jsonl"
"""Beside the folders, as `datasets` names it: an object a line, {file_name, label, split}, which says more of a file
than its folder can: a label may be a list of classes. An export writes it where a label is no name of a folder."""
LOOKED_AT = 10_000
"""Names that say what a folder or archive holds."""
_TABLE_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a folder or archive."""

    origin: Path
    """The folder or archive."""
    name: str
    """Path inside of it, `/`-separated."""
    ordinal: int
    """1-based, in the order listed."""
    label: str | None
    split: str | None
    fault: str = ""
    """Why it is set aside without being read."""
    class_folder: tuple[str, ...] = ()
    """The folder that says its class; empty where none does."""
    several: bool = False
    """Whether its label is a list of classes, in its text form."""

    @property
    def shown(self) -> str:
        """How rejected rows name it."""
        return f"{self.origin.name}/{self.name}"


def members(locations: Sequence[str], within: Sequence[Path] | None, kind: FileKind = IMAGES) -> list[Member]:
    """Every file of the locations with the class and split of its folders. Raises SourceError for an unsafe archive
    and for one without any of the kind."""
    paths = [existing(location, within) for location in locations]
    splits = [split_name(path.stem) for path in paths]
    named = splits if len(set(splits)) > 1 else [None] * len(paths)
    found = [member for path, split in zip(paths, named, strict=True) for member in _listed(path, split, kind)]
    if all(member.fault for member in found):
        faults = [f": {member.shown}: {member.fault}" for member in found]
        raise SourceError(
            f"{locations[0]} holds no {kind.modality.many}" + (f"{faults[0]}." if faults else "."),
            f"Put the {kind.modality.many} of each class into a folder of its own: {_such_as(kind)}. "
            f"Read are {kind.read}.",
        )
    return found


def _such_as(kind: FileKind) -> str:
    """Two such files."""
    suffixes = (".jpg", ".wav")
    suffix = next(one for one in suffixes if one in kind.modality.suffixes)
    return f"cats/1{suffix}, dogs/2{suffix}"


def unlabelled(locations: Sequence[str], within: Sequence[Path] | None, kind: FileKind = IMAGES) -> list[Member]:
    """Every file of folders and archives, whatever folder it lies in, and files named one by one. What is none of the
    kind has a fault. Raises SourceError for an unsafe archive and where there is none of the kind at all."""
    found: list[Member] = []
    for location in locations:
        path = existing(location, within)
        if path.is_file() and kind.has(path.name):
            found.append(Member(path.parent, path.name, 1, None, None))
        else:
            found += [
                replace(member, label=None, fault=_none(member.name, kind)) for member in _listed(path, None, kind)
            ]
    if all(member.fault for member in found):
        raise SourceError(f"{locations[0]} holds no {kind.modality.many}.", f"Read are {kind.read}.")
    return found


def _listed(path: Path, split: str | None, kind: FileKind) -> list[Member]:
    names = sorted(walk(path)) if path.is_dir() else _names_in(path)
    every = map(PurePosixPath, names)
    paths = [inner for inner in every if not any(folder.startswith(SKIPPED) for folder in inner.parts)]
    said = places(Counter(inner.parts[:-1] for inner in paths if kind.has(inner.name)))
    tables = [inner for inner in paths if inner.name == TABLE]
    told = {name: row for table in tables for name, row in _told(path, table).items()}
    return [
        _member(path, inner, number, said.get(inner.parts[:-1], Place()), split, told, kind)
        for number, inner in enumerate((inner for inner in paths if inner not in tables), 1)
    ]


def _told(path: Path, table: PurePosixPath) -> dict[str, Mapping[str, str | None]]:
    """A file's path → what the table says of it. Raises SourceError for a table that cannot be read."""
    member = Member(path, str(table), 0, None, None)
    opener = Opener()
    try:
        lines = opener.read(member, _TABLE_BYTES).decode("utf-8-sig").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
        return {
            str(table.parent / row["file_name"]): {
                **{key: _text(row[key]) for key in ("label", "split") if key in row},
                **({"several": "yes"} if isinstance(row["label"], list) else {}),
            }
            for row in rows
            if "label" in row
        }
    except (FileFault, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(
            f"{member.shown} cannot be read: {error}", "Mend it, or take it away to have the folders as classes."
        ) from error
    finally:
        opener.close()


def _text(value: object) -> str | None:
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, list | dict) for one in value)):
        raise TypeError(f"{json.dumps(value)[:100]} is no class of one file")
    if isinstance(value, list):
        return MULTI_LABEL.label_of(map(str, value))
    return None if value is None or value == "" else str(value)


def _names_in(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive, path.name)
            return list(entries(archive))
    except zipfile.BadZipFile as error:
        raise SourceError(f"{path.name} is not a readable ZIP archive: {error}.", "Make it again.") from error


def _member(
    origin: Path,
    path: PurePosixPath,
    ordinal: int,
    place: Place,
    outer: str | None,
    told: Mapping[str, Mapping[str, str | None]],
    kind: FileKind,
) -> Member:
    if not is_utf8(str(path)):
        fault = stored("the name of the file has letters in another encoding than UTF-8: rename it")
        return Member(origin, shown_name(str(path)), ordinal, None, None, fault)
    row = told.get(str(path), {})
    label, split = row.get("label", place.label), row.get("split", place.split)
    fault = _none(path.name, kind)
    folder = () if row else place.class_folder
    return Member(origin, str(path), ordinal, label, split or outer, fault, folder, bool(row.get("several")))


def _none(name: str, kind: FileKind) -> str:
    suffix = PurePosixPath(name).suffix or "no suffix"
    if kind.has(name):
        return ""
    return stored(f"not an image file ({suffix})") if kind is IMAGES else stored(f"not a sound file ({suffix})")


class Opener:
    """Reads members; keeps the archive of the last one open. One per process."""

    def __init__(self) -> None:
        self._archive: zipfile.ZipFile | None = None
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._path: Path | None = None

    def read(self, member: Member, most: int = MAX_CELL_BYTES) -> bytes:
        """The file's bytes. Raises FileFault where they cannot be read, or are more than `most`."""
        try:
            if member.origin.is_dir():
                path = (member.origin / member.name).resolve()
                if not path.is_relative_to(member.origin):
                    raise FileFault(stored("the link leads outside of the folder"))
                if path.exists() and not path.is_file():
                    raise FileFault(stored("no file but a pipe or a device"))
                _check_size(path.stat().st_size, most)
                return path.read_bytes()
            if self._path != member.origin or self._archive is None:
                self.close()
                self._archive, self._path = zipfile.ZipFile(member.origin), member.origin
                self._entries = entries(self._archive)
            entry = self._entries[member.name]
            _check_size(entry.file_size, most)
            return read_member(self._archive, entry)
        except (OSError, zipfile.BadZipFile, KeyError, SourceError, RuntimeError) as error:
            raise FileFault(stored(f"file cannot be read: {error}")) from error

    def close(self) -> None:
        if self._archive is not None:
            self._archive.close()


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise FileFault(stored(f"file of {size / 1024**2:,.0f} MB, the limit is {most // 1024**2} MB"))


def preview(locations: Sequence[str], bench: Bench, kind: FileKind) -> Preview:
    """Rows in turn from each class, with the files' bytes."""
    found, modality = members(locations, bench.within, kind), kind.modality
    good = [member for member in found if not member.fault]
    by_class: dict[str | None, list[Member]] = {}
    for member in good:
        by_class.setdefault(member.label, []).append(member)
    turns = (member for turn in zip_longest(*by_class.values()) for member in turn if member is not None)
    opener = Opener()
    rows = [_row(member, opener, modality.name) for member in islice(turns, PREVIEW_ROWS)]
    opener.close()
    splits = sorted({member.split for member in good if member.split})
    names = [modality.name, "label", *(["split"] if splits else []), "file_name"]
    several = any(member.several for member in good)
    schema = Schema(
        task_of(modality, MULTI_LABEL if several else ONE_CLASS).name,
        modality.name,
        "label",
        "split" if splits else None,
    )
    listed = [[member.name, member.label, *([member.split] if splits else []), member.name] for member in good]
    columns = describe(names, ["BLOB", *["VARCHAR"] * (len(names) - 1)], listed)
    outside = len(by_class.get(None, ()))
    inside, classes = len(good) - outside, len(by_class.keys() - {None})
    notes = [_counted(inside, classes, kind, several) + (f"; {', '.join(splits)}" if splits else "")]
    if outside:
        notes.append(_outside(outside, kind))
    if len(found) > len(good):
        notes.append(stored(f"{len(found) - len(good):,} other files will be set aside"))
    tables = sorted({Path(member.name).name for member in found if member.name.lower().endswith(TABLE_SUFFIXES)})
    if tables:
        notes.append(stored(f"Not read beside the folders: {', '.join(tables[:3])}. Load a table by its own path."))
    notes += notes_on([member.class_folder for member in good], [tuple(member.name.split("/")[:-1]) for member in good])
    notes += label_notes(schema, [{"label": member.label} for member in good])
    return Preview(kind.source, columns[:-1], tuple(rows), schema, tuple(notes), len(good))


def _counted(files: int, folders: int, kind: FileKind, several: bool) -> str:
    """How many there are, and where their labels are from."""
    if several:
        if kind is IMAGES:
            return stored(f"{files:,} images, the classes of each by {TABLE}")
        return stored(f"{files:,} sounds, the classes of each by {TABLE}")
    if kind is IMAGES:
        return stored(f"{files:,} images in {folders:,} class folders")
    return stored(f"{files:,} sounds in {folders:,} class folders")


def _outside(files: int, kind: FileKind) -> str:
    """How many have no label."""
    if kind is IMAGES:
        return stored(f"{files:,} images in no class folder are kept without a label")
    return stored(f"{files:,} sounds in no class folder are kept without a label")


def _row(member: Member, opener: Opener, payload: str) -> dict[str, Any]:
    try:
        content: bytes | None = opener.read(member)
    except FileFault:
        content = None
    return {payload: content, "label": member.label, "split": member.split, "file_name": member.name}


def _claims(location: str, kind: FileKind) -> bool:
    """What most files of a folder or archive are; an archive of neither, or one that cannot be read, is said to be one
    of images."""
    path = expanded(location)
    if path.is_dir():
        return commonest(islice(walk(path), LOOKED_AT)) is kind
    return path.suffix.lower() == ".zip" and (commonest(_names_at(path)) or IMAGES) is kind


def _names_at(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [member.filename for member in archive.infolist()[:LOOKED_AT]]
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _source(kind: FileKind) -> Source:
    return Source(kind.source, kind.title, "decoded", partial(_claims, kind=kind), partial(preview, kind=kind))


SOURCE, SOUND_SOURCE = _source(IMAGES), _source(SOUNDS)
FOLDERS = (SOURCE.name, SOUND_SOURCE.name)
