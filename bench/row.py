"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of ours and, where there is one, the same figure of what a person would use instead."""

    name: str
    ours: float
    """The median, in `unit`."""
    unit: str
    """`s`, `ms`, `rows/s`, `MB`, `AP` …"""
    other: float | None = None
    other_name: str = ""
    higher_is_better: bool = False
    bound: str = ""
    """What it has to reach, as text: `≤ 300 ms`."""

    @property
    def ratio(self) -> float | None:
        """How many times better ours is than the other; None without another."""
        if self.other is None:
            return None
        return self.ours / self.other if self.higher_is_better else self.other / self.ours

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}
