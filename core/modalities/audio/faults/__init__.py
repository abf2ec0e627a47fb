"""What can be wrong with a sound, in words: no heavy library."""

from __future__ import annotations

from typing import Final

from core.modalities.faults import Fault
from core.words import later, say

SILENT: Final = 0.95
"""Share of a sound from which on it is silent."""
CLIPPED: Final = 0.005
"""Share of its samples from which on it is clipped."""
TIMES: Final = 4.0
"""A sound is too short or too long that lasts so many times less or more than is usual."""

FAULTS: Final = (
    Fault(
        "silent",
        later("silence"),
        later("More than 95 % of it lies below −50 dB of full scale."),
        lambda value, usual, found: say(
            "Silence: {value:.0%} of it is silent; usual here: {usual:.0%}.", value=value, usual=usual
        ),
    ),
    Fault(
        "clipped",
        later("clipping"),
        later("More than 0.5 % of its samples are as loud as can be recorded, and more than of other sounds by far."),
        lambda value, usual, found: say(
            "Clipping: {value:.1%} of its samples are as loud as can be recorded; usual here: {usual:.1%}.",
            value=value,
            usual=usual,
        ),
    ),
    Fault(
        "brief",
        later("too brief"),
        later("It lasts a fourth of what is usual or less, and is farther off than others."),
        lambda value, usual, found: say(
            "Brief: it lasts {value:.2f} seconds; half of the sounds here last {usual:.2f} or more.",
            value=value,
            usual=usual,
        ),
    ),
    Fault(
        "lengthy",
        later("too lengthy"),
        later("It lasts four times what is usual or more, and is farther off than others."),
        lambda value, usual, found: say(
            "Lengthy: it lasts {value:.2f} seconds; half of the sounds here last {usual:.2f} or less.",
            value=value,
            usual=usual,
        ),
    ),
    Fault(
        "odd_rate",
        later("odd rate"),
        later("It has another sampling rate than most, where at most one sound in five has."),
        lambda value, usual, found: say(
            "Odd rate: {found} samples a second; most sounds here have {usual:,.0f}.", found=found, usual=usual
        ),
    ),
)
"""See `core.modalities.audio.faults.find` for how each is found."""
