"""From the locations that a person named to the files that make one dataset, each with the split that its name says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import SourceError
from core.settings import expanded
from core.sources.guess import split_name

IMAGE_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"))


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dataset."""

    path: Path
    split: str | None
    """From the file's name, where the files of one dataset name different splits."""


def existing(location: str, within: Sequence[Path] | None) -> Path:
    """The path of a location. Raises SourceError when nothing is there or it lies outside the folders allowed."""
    path = expanded(location).resolve()
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
        files += inside or [path]
    for file in files:
        if file.is_dir():
            raise SourceError(f"{file} holds no file that ends in {', '.join(suffixes)}.", "Choose another folder.")
        if file.stat().st_size == 0:
            raise SourceError(f"{file.name} is empty (0 bytes).", "Choose a file with at least one row.")
    splits = [split_name(file.stem) for file in files]
    different = len(set(splits)) > 1
    return [Part(file, split if different else None) for file, split in zip(files, splits, strict=True)]


def has_suffix(location: str, suffixes: Sequence[str]) -> bool:
    """Whether the location is a file of that kind, or a folder whose data files all are."""
    path = expanded(location)
    if path.suffix.lower() in suffixes and not path.is_dir():
        return True
    return path.is_dir() and any(child.suffix.lower() in suffixes for child in path.iterdir() if child.is_file())
