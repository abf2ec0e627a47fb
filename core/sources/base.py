"""What every source has in common: the contract, and what it is handed to work with.

A source describes what it found and how it is read; it never opens a database and never writes into the workspace
outside the scratch folder that it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from core.errors import StoppedError
from core.progress import Report, unheard
from core.records import Preview, Reader, Schema
from core.sql import literal

PREVIEW_ROWS = 50
FILE_SPLIT_COLUMN = "split"
"""The column that file or folder names fill when they name splits."""


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a query: names and DuckDB type names of its columns, and the rows."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Query(Protocol):
    """Runs SQL that reads files on an engine of the caller's choice."""

    def __call__(self, sql: str, extensions: tuple[str, ...] = ()) -> Table:
        """Raises SourceError with the engine's own words when a file cannot be read."""
        ...


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Bench:
    """What a source works with."""

    query: Query
    scratch: Path
    """An existing folder for files that have to be rewritten before they can be read; kept until the load is over."""
    within: tuple[Path, ...] | None = None
    """Folders that every path must lie in; None: anywhere."""
    on_progress: Report = unheard
    """Bytes done and in all, while a file is rewritten."""
    stopped: Callable[[], bool] = _never
    misfits: tuple[str, ...] = ()
    """Columns whose values did not fit the type found from a sample: they are read as text."""

    def check_stop(self) -> None:
        """Raises StoppedError once somebody has asked to stop."""
        if self.stopped():
            raise StoppedError("The load was stopped.", "Nothing was kept; load again to start over.")


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source."""

    name: str
    title: str
    """As the page shows it."""
    kind: Literal["tabular", "decoded"]
    """`tabular`: `reader` says how the store reads it. `decoded`: a load job reads it, see `core.jobs.load.run`."""
    claims: Callable[[str], bool]
    """Whether a location (path, id, sample name) is of this kind, by its name and nature; cheap."""
    preview: Callable[[Sequence[str], Bench], Preview]
    reader: Callable[[Sequence[str], Schema, Bench], Reader] | None = None
    licence: str = ""
    """Known for samples only."""
    suffixes: tuple[str, ...] = ()
    """What its files' names end in; empty where a location is no file of a kind of its own."""


def file_literal(path: Path) -> str:
    """A path as an SQL string literal for DuckDB's readers, which take `*`, `?` and `[` for patterns."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))
