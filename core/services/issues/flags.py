"""What the list of wrong labels holds, by its length, as a scan expects it: numbers and words for the choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from core.records import Scan
from core.words import later

RATES = (
    (0.9, later("nearly all")),
    (0.7, later("three of four")),
    (0.58, later("two of three")),
    (0.42, later("every second")),
)
"""From such a share on, a list is said to be wrong so often."""
EVERY = {
    3: later("every third"),
    4: later("every fourth"),
    5: later("every fifth"),
    6: later("every sixth"),
    7: later("every seventh"),
    8: later("every eighth"),
    9: later("every ninth"),
    10: later("every tenth"),
}
FEW = later("few")


@dataclass(frozen=True, slots=True)
class ListLength:
    """So many of the worst rows, and how many wrong labels are expected among them."""

    rows: int
    wrong: float
    low: float
    high: float
    """If as few or as many labels are wrong in all as the ends of the share's interval say."""

    @property
    def often(self) -> str:
        """How many of the list are wrong, in words: `two of three`, `every fourth`."""
        share = self.wrong / max(self.rows, 1)
        named = next((words for least, words in RATES if share >= least), None)
        if named is not None:
            return named
        every = round(1 / share) if share > 0 else 0
        return EVERY.get(every, FEW)


def curve(scan: Scan) -> tuple[ListLength, ...]:
    """The lengths that the scan has kept, shortest first."""
    return tuple(ListLength(int(rows), *ends) for rows, *ends in scan.found().get("curve", ()))


def worst_rows(scan: Scan, rows: int) -> ListLength | None:
    """What the `rows` worst rows hold, between the lengths that were kept in a straight line; None where none were."""
    kept = (ListLength(0, 0.0, 0.0, 0.0), *curve(scan))
    if len(kept) == 1 or rows < 0:
        return None
    for before, after in pairwise(kept):
        if rows <= after.rows:
            part = (rows - before.rows) / (after.rows - before.rows)
            ends = zip((before.wrong, before.low, before.high), (after.wrong, after.low, after.high), strict=True)
            return ListLength(rows, *(one + part * (other - one) for one, other in ends))
    return kept[-1]


def choices(scan: Scan) -> tuple[ListLength, ...]:
    """Lengths to choose from: round ones up to four times what the scan flags, and that one."""
    flagged, rows = int(scan.found()["flagged"]), int(scan.summary["rows"])
    most = min(rows, max(4 * flagged, 20))
    lengths = sorted(set(_round_lengths(most)) | ({flagged} if flagged else set()))
    found = (worst_rows(scan, length) for length in lengths)
    return tuple(length for length in found if length is not None)


def _round_lengths(most: int) -> Iterator[int]:
    """10, 20, 50, 100 …"""
    power = 10
    while power <= most:
        yield from (length for length in (power, 2 * power, 5 * power) if length <= most)
        power *= 10
