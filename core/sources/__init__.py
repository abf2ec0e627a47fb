"""Where datasets come from: one file per kind of source, one registry. Reads files; knows no workspace and no store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors import SourceError
from core.settings import expanded
from core.sources import arrow, conll, excel, hub, parquet, samples
from core.sources.base import Bench, Query, Source, Table
from core.sources.delimited import source as delimited
from core.sources.images import source as imagefolder
from core.sources.json import source as jsonfile

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        samples.PLANTED,
        samples.NEWS,
        samples.DIGITS,
        arrow.SAVED,
        conll.SOURCE,
        delimited.SOURCE,
        jsonfile.SOURCE,
        parquet.SOURCE,
        arrow.SOURCE,
        excel.SOURCE,
        imagefolder.SOURCE,
        imagefolder.SOUND_SOURCE,
        hub.SOURCE,
    )
}
"""In the order in which they are asked whether a location is theirs."""
_SUFFIXES = tuple(suffix for source in SOURCES.values() for suffix in source.suffixes)

__all__ = ["SOURCES", "Bench", "Query", "Source", "Table", "find"]


def find(locations: Sequence[str], source: str | None = None) -> Source:
    """The source that reads the locations: the one named, else the first that claims them all.

    Raises SourceError where none does, or where they are of different kinds.
    """
    if not locations:
        raise SourceError("Nothing was named to load.", "Name a file, a folder, a hub id or a sample.")
    if source is not None:
        if source not in SOURCES:
            raise SourceError(f"Source '{source}' not found.", f"There are: {', '.join(SOURCES)}.")
        return SOURCES[source]
    kinds = {location: _of(location) for location in locations}
    if len({kind.name for kind in kinds.values()}) > 1:
        listed = ", ".join(f"{Path(location).name} ({kind.title})" for location, kind in kinds.items())
        raise SourceError(f"The files are of different kinds: {listed}.", "Load one kind at a time.")
    return next(iter(kinds.values()))


def located(location: str) -> str:
    """The location as it is found from any folder: a sample's name as it is, a hub id with its `hub:`, anything else as
    an absolute path. Raises UsageError for what is no path."""
    path = expanded(location)
    if location in SOURCES:
        return location
    if hub.SOURCE.claims(location) and not _looks_like_a_file(path):
        return location if location.startswith("hub:") else f"hub:{location}"
    return str(path.absolute())


def _of(location: str) -> Source:
    claiming = next((source for source in SOURCES.values() if source.claims(location)), None)
    path = expanded(location)
    if claiming is not None and not (claiming is hub.SOURCE and _looks_like_a_file(path)):
        return claiming
    if not path.exists():
        raise SourceError(f"There is nothing at {location}.", f"Looked at {path.absolute()}. Check the spelling.")
    read = f"{' '.join(_SUFFIXES)} .zip, folders of these, and folders of images or of sounds."
    raise SourceError(f"Winnow cannot read {path.name}.", f"It reads {read}")


def _looks_like_a_file(path: Path) -> bool:
    return path.suffix.lower() in (*_SUFFIXES, ".zip", ".txt", ".xls")
