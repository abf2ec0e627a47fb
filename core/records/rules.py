"""Rules: a condition on rows and the class that it says they are of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as one of its versions has it; a change, a retirement and a return are each the next version."""

    act_id: str
    """Whoever changes it gives it: what is written twice stands once."""
    dataset_id: str
    name: str
    number: int
    """From 1."""
    where: str
    """Its condition: filters of the dataset's rows, as links write them (`core.services.lists.written`)."""
    label: str
    """The class that it says, as labels have it."""
    retired: bool
    """Whether it says nothing any more."""
    changed_by: str
    changed_at: datetime
