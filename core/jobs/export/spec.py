"""What is to be written for the `datasets` library, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """A version as a folder."""

    task: str
    labels: tuple[str, ...]
    media: Path
    out: Path
    """The folder to be made; absolute."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written."""

    splits: Mapping[str, int]
    """Split → rows."""
