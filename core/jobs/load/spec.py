"""What a load is asked for, whoever does it: a job, or a thread of the web process where a table needs none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.jobs.split_plan import SplitPlan
from core.records import Schema
from core.words import later

STAGES = {"imagefolder": later("Reading images"), "audiofolder": later("Reading sounds")}
"""What a job does, by the source of folders of such files."""


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """A dataset to be made of a source."""

    source: str
    """A name in `core.sources.SOURCES`."""
    locations: tuple[str, ...]
    schema: Schema
    name: str
    """Of the dataset."""
    media: Path
    """The workspace's folder of images."""
    split_plan: SplitPlan | None = None
    """Splits to be made once it is loaded."""
    within: tuple[Path, ...] | None = None
    """Folders that paths must lie in; None: anywhere."""
    folders: tuple[Path, ...] = ()
    """Where relative image paths of a table are looked for."""
    note: str = ""
    """Of the first version: where it comes from, if that is no source of its own."""
    licence: str = ""
    """Empty: that of the source."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What was read."""

    rows: int
    rejected: int
