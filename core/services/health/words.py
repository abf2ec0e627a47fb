"""What a line of a health says of itself: minutes, state, and the one sentence before all others."""

from __future__ import annotations

from core.services.health.rows import Health, HealthRow
from core.words import say, say_n

NOTHING = "–"


def minutes_words(one: HealthRow) -> str:
    """How long the open rows take."""
    if one.minutes is None:
        return NOTHING
    if one.done:
        return say("none left")
    if one.at_once:
        return say("one act for all")
    if one.minutes < 1:
        return say("less than a minute")
    if one.minutes < 90:
        return say_n("about {n:,} minute", "about {n:,} minutes", round(one.minutes))
    return say("about {n:,.1f} hours", n=one.minutes / 60)


def state_words(one: HealthRow) -> str:
    """How much of it is decided."""
    if not one.of_rows:
        return say("no list of rows")
    if one.done:
        return say("all decided")
    return say("{n:,} of {all:,} decided", n=one.decided, all=one.rows)


def rows_words(one: HealthRow) -> str:
    """How many rows it concerns; nothing where it is no matter of some rows."""
    if not one.rows:
        return ""
    rows = say_n("{n:,} row", "{n:,} rows", one.rows)
    return say("{rows}, {share:.1%}", rows=rows, share=one.share)


def headline(told: Health) -> str:
    """What to fix first, in a sentence or two."""
    first = told.first
    if told.scan is None:
        return say("Not scanned yet: which labels are wrong, which rows leak or repeat is not known.")
    if first is None or not first.of_rows:
        return say("No list of the scan has an open row.")
    return say("Fix first: {title} ({rows}). {gain}", title=first.title, rows=rows_words(first), gain=first.gain)
