"""Records of what people call classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MAX_CLASS_NAME = 100
MAX_GUIDELINE = 2_000


@dataclass(frozen=True, slots=True)
class ClassNaming:
    """What somebody said of a class: what it is called and what belongs in it. The newest of a class holds."""

    act_id: str
    """The same for all that was said at once."""
    dataset_id: str
    code: str
    """The class as labels have it, which no name changes."""
    name: str
    """Empty: it goes by its code."""
    guideline: str
    """Empty: nothing is written down."""
    by: str
    at: datetime
