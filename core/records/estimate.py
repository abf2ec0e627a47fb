"""A figure and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

Interval = tuple[float, float]
"""Lower and upper end of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share or a measure with its 95 % interval; not a number where there is none, and then the interval is what is
    possible."""

    estimate: float
    low: float
    high: float

    @property
    def interval(self) -> Interval:
        """Its ends."""
        return self.low, self.high
