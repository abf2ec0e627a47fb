"""How long something will take, in words."""

from __future__ import annotations

import time

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


def this_minute() -> int:
    """What is estimated is estimated anew after a minute: embeddings come and go, and paces are learnt."""
    return int(time.time() // 60)


def of_work(found: TimeForecast) -> str:
    """`Takes about 8 min on this machine.`"""
    unlearnt = "" if found.learnt else say(NOT_LEARNT)
    return say("Takes {time} on this machine{unlearnt}.", time=in_words(found), unlearnt=unlearnt)


NOT_LEARNT = later(", by what is usual: it is known better after the first time")
