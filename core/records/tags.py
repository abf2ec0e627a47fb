"""Tags: short names that people put on rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MAX_TAG = 40
"""Characters of a tag."""


@dataclass(frozen=True, slots=True)
class TagAct:
    """A tag put on rows of a dataset, or taken off, at once; or such an act taken back."""

    act_id: str
    """Whoever does it gives it: what is written twice stands once."""
    dataset_id: str
    tag: str
    puts: bool
    """Whether the rows have the tag from then on; else they have it no more."""
    among: str
    """Which rows, in words."""
    tagged_by: str
    tagged_at: datetime
    undoes: str | None = None
    """The act that this one takes back."""
    rows: int = 0
    """How many rows it was for."""
    undone_by: str | None = None
    """The act that took it back."""
