"""What is to be masked, what is to become of it, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.jobs.load.spec import LoadSpec
from core.personal.mask import Masking
from core.typed import FLAT


@dataclass(frozen=True, slots=True)
class MaskSpec:
    """The rows of `input/rows.parquet`."""

    how: Masking
    columns: tuple[str, ...]
    """Which hold texts, or lists of them, that are masked; the first is the example's own, the one in which names are
    looked for too."""
    names: bool = False
    """Whether names and places are looked for by the model of English."""
    some: bool = False
    """Whether only the rows of `input/chosen.parquet` (example_id) are masked; the others stay as they are."""
    said: Mapping[str, str] = field(default_factory=dict)
    """By what its values are told, of a column that has another name."""


@dataclass(frozen=True, slots=True)
class MaskLoadSpec:
    """The same where the rows are to become a dataset: also read as a `MaskSpec`, and as the load that it ends as."""

    mask: MaskSpec = field(metadata=FLAT)
    load: LoadSpec = field(metadata=FLAT)
    version_id: str
    """Whose rows they are."""
    chosen: str = ""
    """A digest of the row ids of those that are masked; empty: all."""


@dataclass(frozen=True, slots=True)
class MaskResult:
    """What was masked."""

    rows: int
    """In which anything was masked."""
    kinds: Mapping[str, int]
    """Kind → places."""
