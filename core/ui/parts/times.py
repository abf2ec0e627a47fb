"""How long something will take, in words."""

from __future__ import annotations

from core.services.runs.forecast_time import TimeForecast
from core.ui.shell.strip import rough
from core.words import later, say

LITTLE = 20.0
"""Seconds of embedding that are not worth a word."""


def in_words(found: TimeForecast) -> str:
    """`about 8 min, 7 min of it to embed what is not embedded yet`."""
    time = rough(found.seconds)
    if found.encoding < LITTLE:
        return say("about {time}", time=time)
    part = rough(found.encoding)
    return say("about {time}, {part} of it to embed what is not embedded yet", time=time, part=part)


def of_scan(found: TimeForecast) -> str:
    """`The first result in about 20 s, all of it in about 8 min on this machine.`"""
    whole = rough(found.seconds)
    said = (
        say("All of it in about {whole} on this machine", whole=whole)
        if found.first is None
        else say(
            "First result in about {first}, all of it in about {whole} on this machine",
            first=rough(found.first),
            whole=whole,
        )
    )
    return say("{said}{unlearnt}.", said=said, unlearnt="" if found.learnt else say(NOT_LEARNT))


NOT_LEARNT = later(", by what is usual: it is known better after the first time")
