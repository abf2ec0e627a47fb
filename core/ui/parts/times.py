"""How long something will take, in words."""

from __future__ import annotations

from core.services.runs.forecast_time import TimeForecast
from core.ui.shell.strip import rough

LITTLE = 20.0
"""Seconds of embedding that are not worth a word."""


def in_words(found: TimeForecast) -> str:
    """`about 8 min, 7 min of it to embed what is not embedded yet`."""
    said = f"about {rough(found.seconds)}"
    if found.encoding >= LITTLE:
        said += f", {rough(found.encoding)} of it to embed what is not embedded yet"
    return said


def of_scan(found: TimeForecast) -> str:
    """`The first result in about 20 s, all of it in about 8 min on this machine.`"""
    whole = rough(found.seconds)
    first = "" if found.first is None else f"first result in about {rough(found.first)}, "
    said = f"{first}all of it in about {whole} on this machine"
    return f"{said[0].upper()}{said[1:]}{'' if found.learnt else NOT_LEARNT}."


NOT_LEARNT = ", by what is usual: it is known better after the first time"
