"""What a scan is asked for, what it says while it runs, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.heads.user_probabilities import Numbering
from core.jobs.about import About
from core.records import ScanSpec
from core.typed import FLAT


@dataclass(frozen=True, slots=True)
class ScanJobSpec:
    """A scan of a version."""

    settings: ScanSpec = field(metadata=FLAT)
    """With every default filled in; `probabilities` is the name of the copy in the job's `input/`."""
    about: About = field(metadata=FLAT)
    probabilities_from: Path | None = None
    """The person's own file of probabilities."""
    numbering: Numbering | None = None
    """Where there is one."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Columns that are kept with the rows and may hold texts: as the file of rows has them → as people know them."""


@dataclass(frozen=True, slots=True)
class Tier:
    """An event `tier`: one more is whole."""

    tier: str
    order: int
    final: bool


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan has reached."""

    tiers: tuple[str, ...]
    seconds: float
