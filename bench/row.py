"""One line of the benchmark table."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of ours and, where there is one, the same figure of what a person would use instead."""

    name: str
    ours: float
    """The median, in `unit`; not a number where it could not be measured, and `note` says why."""
    unit: str
    """`s`, `ms`, `rows/s`, `MB`, `AP` …"""
    other: float | None = None
    other_name: str = ""
    higher_is_better: bool = False
    bound: str = ""
    """What it has to reach, as text: `≤ 300 ms`."""
    note: str = ""
    """What a reader has to know besides: the figure of each seed, or why there is none."""

    @property
    def ratio(self) -> float | None:
        """How many times better ours is than the other; None without one of them, or by nothing."""
        if self.other is None or math.isnan(self.ours):
            return None
        better, worse = (self.ours, self.other) if self.higher_is_better else (self.other, self.ours)
        return better / worse if worse else None

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it: what is not a number is None."""
        return {**asdict(self), "ours": None if math.isnan(self.ours) else self.ours, "ratio": self.ratio}


def number(value: float) -> str:
    """Four digits of it, or all that stand before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
