"""What one act makes of many labels that are numbers: too many kinds of change to be listed, so how they are spread
before and after it, and how far they move."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.words import say


@dataclass(frozen=True, slots=True)
class Range:
    """How numbers are spread."""

    least: float
    median: float
    most: float


@dataclass(frozen=True, slots=True)
class Moved:
    """How the numbers of the rows that an act is for change."""

    rows: int
    """Those of them that have a number."""
    before: Range
    after: Range | None
    """None where the numbers stay as they are, or their rows are excluded."""
    by: Range | None
    """How far each moves, up or down."""


@dataclass(slots=True)
class Moves:
    """Collects them, in little memory."""

    _before: array[float] = field(default_factory=lambda: array("d"))
    _after: array[float] = field(default_factory=lambda: array("d"))
    _rows: array[int] = field(default_factory=lambda: array("q"))
    _same: bool = True

    def add(self, before: str, after: str | None, rows: int) -> None:
        """So many rows with one number that become another; None: excluded."""
        self._before.append(float(before))
        self._after.append(float(before if after is None else after))
        self._rows.append(rows)
        self._same = self._same and after in (None, before)

    def moved(self) -> Moved | None:
        """What they say together; None where there were none."""
        if not self._rows:
            return None
        counts = np.asarray(self._rows, np.int64)
        before, after = (np.asarray(one, np.float64) for one in (self._before, self._after))
        changed = (None, None) if self._same else (_range(after, counts), _range(np.abs(after - before), counts))
        return Moved(int(counts.sum()), _range(before, counts), *changed)


def _range(values: NDArray[np.float64], counts: NDArray[np.int64]) -> Range:
    return Range(float(values.min()), float(np.median(np.repeat(values, counts))), float(values.max()))


def moved_words(moved: Moved, what: str) -> str:
    """`0.5 to 80, median 12 → 3 to 75, median 14; each moves by 0.2 to 9, median 2`. `what` becomes of the rows whose
    numbers stay."""
    before = _words(moved.before)
    if moved.after is None or moved.by is None:
        return f"{before} → {what}"
    return say("{before} → {after}; each moves by {by}", before=before, after=_words(moved.after), by=_words(moved.by))


def _words(one: Range) -> str:
    if one.least == one.most:
        return _figure(one.least)
    least, median, most = _figure(one.least), _figure(one.median), _figure(one.most)
    return say("{least} to {most}, median {median}", least=least, median=median, most=most)


def _figure(number: float) -> str:
    """A label that is a number in six digits, whole from a million on."""
    return f"{number:,.0f}" if 1e6 <= abs(number) < 1e15 else f"{number:.6g}"
