"""What is to be fetched from the hub, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.jobs.load.spec import LoadSpec
from core.records import Schema
from core.typed import FLAT


@dataclass(frozen=True, slots=True)
class HubSpec:
    """A dataset of the hub."""

    id: str
    config: str | None
    rows: int | None = None
    """How many of each split; None: all."""
    schema: Schema | None = None
    """Of a load: which column plays which role."""


@dataclass(frozen=True, slots=True)
class HubLoadSpec:
    """The same where the rows are to become a dataset: also read as a `HubSpec`, and as the load that it ends as."""

    id: str
    config: str | None
    load: LoadSpec = field(metadata=FLAT)


@dataclass(frozen=True, slots=True)
class HubResult:
    """What was fetched of a dataset of texts; images end as a load, with its result."""

    splits: Mapping[str, int]
    """Split → rows."""
