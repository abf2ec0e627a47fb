"""How long something takes or will take, in words: on pages in the language of whoever looks, in English elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import later, say

if TYPE_CHECKING:
    from core.services.runs.forecast_time import TimeForecast  # loads the plans of all jobs, which words need not

LITTLE = 20.0
"""Seconds of embedding that are not worth a word."""
BY_LAYERS = later(
    ". {model} has not done such work here yet: this is guessed from the pace of {other} and the size of its layers"
)
AS_IF = later(
    ". How large {model} is is not known: this is guessed as if it were {other}. A larger one takes longer, and "
    "fetching it from a hub comes on top"
)
NOT_LEARNT = later(", by what is usual: it is known better after the first time")


def in_words(found: TimeForecast) -> str:
    """`about 8 min, 7 min of it to embed what is not embedded yet`."""
    time = rough(found.seconds)
    if found.encoding < LITTLE:
        return say("about {time}", time=time)
    part = rough(found.encoding)
    return say("about {time}, {part} of it to embed what is not embedded yet", time=time, part=part)


def of_scan(found: TimeForecast) -> str:
    """`First result in about 20 s, all of it in about 8 min on this machine.`"""
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
    return say("{said}{unlearnt}.", said=said, unlearnt=_folds(found) + _unlearnt(found))


def of_folds(found: TimeForecast, model: str) -> str:
    """`With minilm fine-tuned all of it takes about 35 min on this machine, for 5 fine-tunes of 10 epochs each.`"""
    return say(
        "With {model} fine-tuned all of it takes about {whole} on this machine{unlearnt}.",
        model=model,
        whole=rough(found.seconds),
        unlearnt=_folds(found) + _unlearnt(found),
    )


def of_work(found: TimeForecast) -> str:
    """`Takes about 8 min on this machine.`"""
    return say("Takes {time} on this machine{unlearnt}.", time=in_words(found), unlearnt=_unlearnt(found))


def _folds(found: TimeForecast) -> str:
    if found.folds is None:
        return ""
    return say(
        ", for {number} fine-tunes of {epochs} epochs each", number=found.folds.number, epochs=found.folds.epochs
    )


def _unlearnt(found: TimeForecast) -> str:
    """What it is guessed from, where such work has not been done on this machine."""
    if found.guess is None:
        return "" if found.learnt else say(NOT_LEARNT)
    name = found.guess.model.rstrip("/").rsplit("/", 1)[-1]
    return say(BY_LAYERS if found.guess.times else AS_IF, model=name, other=found.guess.other)


def rough(seconds: float) -> str:
    """A duration as exactly as one that is still to come can be told: `25 s`, `4 min 30 s`, `35 min`, `2 h 10 min`."""
    step = next(step for step, most in ((1, 10), (5, 60), (30, 600), (60, 3600), (300, float("inf"))) if seconds < most)
    left = step * max(1, round(seconds / step))
    return say("{min} min", min=left // 60) if step >= 30 and left < 3600 and not left % 60 else duration(left)


def duration(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return say("{s} s", s=whole)
    if whole < 3600:
        return say("{min} min {s:02d} s", min=whole // 60, s=whole % 60)
    return say("{h} h {min:02d} min", h=whole // 3600, min=whole % 3600 // 60)
