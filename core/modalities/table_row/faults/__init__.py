"""What can be wrong with a row of a table, in words: no heavy library."""

from __future__ import annotations

from typing import Final

from core.modalities.faults import Fault
from core.words import later, say

SPREADS: Final = 10.0
"""A number is far off that lies so many times as far from the median as the outer twentieth of its side begins."""
LOG_SPREADS: Final = 3.0
"""And, of numbers above zero, so many times as far by how many times as much it is."""
NEARLY_ALL: Final = 0.98
"""What so many values of a column are, the others are expected to be."""
FEW: Final = 0.005
"""Numbers below zero are taken for faults where no more of a column's are."""
MISSING: Final = 0.5
"""Share of its values from which on a row has too few."""

FAULTS: Final = (
    Fault(
        "far_off",
        later("number far off"),
        later(
            "A number lies ten times as far from its column's median as the outer twentieth of the numbers begins, and "
            "where all are above zero three times as far by ratio, too."
        ),
        lambda value, usual, found: say("Far off: {found}; in brackets where nine numbers of ten lie.", found=found),
    ),
    Fault(
        "below_zero",
        later("below zero"),
        later("A number is below zero in a column where at most one in two hundred is."),
        lambda value, usual, found: say(
            "Below zero: {found}; nearly all numbers of that column are zero or more.", found=found
        ),
    ),
    Fault(
        "no_number",
        later("no number"),
        later("A text stands in a column where at least 98 % of the values are numbers."),
        lambda value, usual, found: say("No number: {found}, where nearly all others are numbers.", found=found),
    ),
    Fault(
        "stand_in",
        later("stand-in for a missing value"),
        later(
            "A value that stands for nothing, such as “n/a” or “?”; or one such as −999 or 9999 that several rows have "
            "far outside of all other numbers of its column."
        ),
        lambda value, usual, found: say("Stands in for a missing value: {found}.", found=found),
    ),
    Fault(
        "spelling",
        later("odd spelling"),
        later("A value in one or two rows is written nearly as one that at least twenty rows have."),
        lambda value, usual, found: say("Odd spelling: {found}.", found=found),
    ),
    Fault(
        "mostly_missing",
        later("mostly missing"),
        later("At least half of its values are missing, and more than in others by far."),
        lambda value, usual, found: say(
            "Mostly missing: {value:.0%} of its values; {usual:.0%} are usual here.", value=value, usual=usual
        ),
    ),
)
"""See `core.modalities.table_row.faults.find` for how each is found."""
