"""Tables that people bring, read for a job by a process of their own: which source reads them, and a copy of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.context import Context
from core.queue import JobFolder, ProgressWriter
from core.reading.ask import ask
from core.reading.limits import PREVIEW_SECONDS
from core.sources import SOURCES, find
from core.sources.base import Source


def kind_of(context: Context, locations: Sequence[str], source: str | None = None) -> Source:
    """The source that reads the locations: the one named, else the one that a look at them finds. Raises SourceError
    where none does, UsageError for what is no path."""
    if source is not None or not locations:
        return find(locations, source)
    request = {"what": "find", "locations": list(locations)}
    return SOURCES[ask(context.beside, request, named_in_messages(locations), seconds=PREVIEW_SECONDS)]


def named_in_messages(locations: Sequence[str]) -> str:
    """What is read, in a word."""
    first = Path(locations[0]).name or locations[0] if locations else "the source"
    return first if len(locations) < 2 else f"{first} and {len(locations) - 1} more"


def copy_table(context: Context, folder: JobFolder, request: Mapping[str, object], locations: Sequence[str]) -> Path:
    """Has a process of its own copy a table to Parquet in the job's input, and returns the copy."""
    progress = ProgressWriter(folder)
    ask(
        context.beside,
        request,
        named_in_messages(locations),
        on_progress=progress.update,
        stopped=folder.stop_requested,
    )
    return folder.input / "copy.parquet"
