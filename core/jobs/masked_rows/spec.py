"""Whose rows are to be masked as they are shown, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.typed import FLAT


@dataclass(frozen=True, slots=True)
class RowsSpec:
    """The rows of `input/rows.parquet`."""

    columns: Mapping[str, str]
    """Those that hold texts, or lists of them, that are masked, each with the name by which that is done."""


@dataclass(frozen=True, slots=True)
class CopySpec:
    """The same where the rows are those of a view that queries read: also read as a `RowsSpec`."""

    rows: RowsSpec = field(metadata=FLAT)
    dataset_id: str
    version_id: str
    view: str
    """The view's name."""
    digest: str
    """What it held when it was asked for."""


@dataclass(frozen=True, slots=True)
class RowsResult:
    """What was masked."""

    rows: int
    """That were gone through."""
