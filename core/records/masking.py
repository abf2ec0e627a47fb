"""Records of what is masked before it leaves Winnow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MaskRule:
    """Whether whatever leaves of a dataset is masked: files, reports and lists."""

    on: bool
    by: str
    at: datetime
