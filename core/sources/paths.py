"""From the locations that a person named to the files that make one dataset, each with the split that its name says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from core.errors import SourceError
from core.modalities import MODALITIES
from core.modalities.image.facts import IMAGE
from core.settings import expanded
from core.sources.guess import LABEL_NAMES, split_name

IMAGE_SUFFIXES = IMAGE.suffixes
FILE_SUFFIXES = frozenset[str]().union(*(modality.suffixes for modality in MODALITIES.values()))
"""Of every kind of file that is an example by itself."""
TABLE_SUFFIXES = (
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".pq",
    ".arrow",
    ".feather",
    ".xlsx",
    ".conll",
)
_WRITTEN = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
_HEAD = 4096
"""Bytes that the names of a table's columns are looked for in."""
_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dataset."""

    path: Path
    split: str | None
    """From the file's name, where the files of one dataset name different splits."""


def existing(location: str, within: Sequence[Path] | None) -> Path:
    """The path of a location. Raises SourceError when nothing is there or it lies outside the folders allowed."""
    try:
        path = expanded(location).resolve()
    except RuntimeError as error:
        raise SourceError(f"{location} is a link that leads back to itself.", "Name the file itself.") from error
    if within is not None and not any(path.is_relative_to(folder) for folder in within):
        allowed = ", ".join(str(folder) for folder in within)
        raise SourceError(
            f"{location} lies outside the folders that this server may read.",
            f"Allowed: {allowed}. Upload the file, or set WINNOW_DATA_FOLDERS where the app is started.",
        )
    if not path.exists():
        raise SourceError(f"There is nothing at {location}.", f"Looked at {path}. Check the spelling.")
    return path


def parts(locations: Sequence[str], suffixes: Sequence[str], within: Sequence[Path] | None) -> list[Part]:
    """The files of the locations, folders unfolded one level. Raises SourceError for an empty file or folder."""
    files: list[Path] = []
    for location in locations:
        path = existing(location, within)
        inside = sorted(child for child in path.iterdir() if child.suffix.lower() in suffixes) if path.is_dir() else ()
        for child in inside if within is not None else ():
            existing(str(child), within)
        files += inside or [path]
    for file in files:
        if file.is_dir():
            raise SourceError(f"{file} holds no file that ends in {', '.join(suffixes)}.", "Choose another folder.")
        if not file.is_file():
            raise SourceError(f"{file.name} is no file but a pipe or a device.", "Write what it says to a file.")
        if not is_utf8(file.name):
            raise SourceError(
                f"{shown_name(file.name)} has letters in another encoding than UTF-8 in its name.", "Rename the file."
            )
        if file.stat().st_size == 0:
            raise SourceError(f"{file.name} is empty (0 bytes).", "Choose a file with at least one row.")
    splits = [split_name(file.stem) for file in files]
    different = len(set(splits)) > 1
    return [Part(file, split if different else None) for file, split in zip(files, splits, strict=True)]


def is_utf8(name: str) -> bool:
    """Whether the name of a file was written in UTF-8, without which neither the store nor a page can name it."""
    return name.isascii() or shown_name(name) == name


def shown_name(name: str) -> str:
    """The name with a question mark for each byte that is not UTF-8."""
    return name.encode("utf-8", "replace").decode()


def has_suffix(location: str, suffixes: Sequence[str]) -> bool:
    """Whether the location is a file of that kind, or a folder of data files of that kind; where the folder holds
    images by class too, only if a table there names their classes."""
    path = expanded(location)
    if not path.is_dir():
        return path.suffix.lower() in suffixes
    tables = [child for child in path.iterdir() if child.suffix.lower() in suffixes and child.is_file()]
    return bool(tables) and (any(map(_names_classes, tables)) or not _has_class_folders(path))


def _names_classes(table: Path) -> bool:
    """Whether the head of a table that is written as text has a column that is called as labels are."""
    if table.suffix.lower() not in _WRITTEN:
        return False
    with table.open("rb") as file:
        line = file.read(_HEAD).decode("utf-8", "ignore").lstrip("\ufeff[ \r\n").partition("\n")[0]
    return not frozenset(LABEL_NAMES).isdisjoint(re.findall(r"\w+", line.lower()))


def _has_class_folders(folder: Path) -> bool:
    """Whether images, or other files that are examples, lie in two or more folders that are no splits."""
    folders = set()
    for image in islice(walk(folder), _LOOKED_AT):
        inner = PurePosixPath(image)
        if inner.suffix.lower() in FILE_SUFFIXES and len(inner.parts) > 1 and not split_name(inner.parts[-2]):
            folders.add(inner.parts[-2])
    return len(folders) > 1


def walk(root: Path) -> Iterator[str]:
    """The files below a folder, by their `/`-separated paths from there."""
    for folder, _, files in os.walk(root):
        base = Path(folder).relative_to(root).as_posix()
        yield from (file if base == "." else f"{base}/{file}" for file in files)
