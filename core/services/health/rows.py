"""What a line of a dataset's health is, and which comes first."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import Dataset, Estimate, Place, Scan, Version
from core.words import later

RULE = later(
    "First what makes every score untrue: rows that leak between splits. Then the lists by the wrong labels that are "
    "expected to go per minute of work. Then lists of rows of whose gain nothing is known, longest first; then what "
    "is true of the dataset as a whole. What is decided comes last."
)
"""How the lines are sorted, in words."""


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One thing that is wrong, or may be."""

    key: str
    title: str
    rows: int
    """That it concerns; 0 where it is no matter of some rows."""
    share: float
    """Of all rows, 0–1."""
    sure: str
    """How far that is to be trusted."""
    gain: str
    """What is expected of fixing it, or that it is not measured, and why."""
    to_do: str
    place: Place
    """Where it is done."""
    wrong: Estimate | None = None
    """Wrong labels that are expected to go with the open rows."""
    leaks: bool = False
    """Whether every score is untrue as long as it stands."""
    of_rows: bool = True
    """Whether it is a list of rows to decide; else it is true of the dataset as a whole."""
    decided: int = 0
    minutes: float | None = None
    """To decide the open rows, at the pace that is known; None where it is no matter of rows."""
    at_once: bool = False
    """Whether one act settles all of them."""

    @property
    def open(self) -> int:
        """Rows that nobody has decided."""
        return self.rows - self.decided

    @property
    def done(self) -> bool:
        """Whether every row of the list is decided."""
        return self.of_rows and not self.open


@dataclass(frozen=True, slots=True)
class Health:
    """A dataset's newest version, or another, by what is wrong with it."""

    dataset: Dataset
    version: Version
    scan: Scan | None
    rows: tuple[HealthRow, ...]
    """What to fix first comes first."""
    counting: tuple[str, ...]
    """What is still counted, in words."""
    pace: str
    """What the minutes are worked out from."""

    @property
    def first(self) -> HealthRow | None:
        """What to fix first; None where nothing is open."""
        return next((one for one in self.rows if not one.done), None)


def fix_first(one: HealthRow) -> tuple[int, float, str]:
    """What `RULE` sorts by."""
    if one.done:
        return 4, -one.rows, one.key
    if one.leaks:
        return 0, -one.rows, one.key
    if one.wrong is not None and one.wrong.estimate > 0:
        return 1, -one.wrong.estimate / max(one.minutes or 0.0, 0.1), one.key
    return (2, -one.open, one.key) if one.of_rows else (3, 0.0, "")  # as they were measured
