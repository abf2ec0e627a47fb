"""Figures of rules in words."""

from __future__ import annotations

from collections.abc import Mapping

from core.services.rules.figures import Precision
from core.ui.parts.problems import plain
from core.words import say, say_n, say_stored

LISTED = 5
"""Rules of which it is said why they are not counted; of more, how many they are."""


def rows_words(count: int) -> str:
    """`1,204 rows`."""
    return say_n("{n:,} row", "{n:,} rows", count)


def not_counted_words(problems: Mapping[str, str]) -> str:
    """Which rules are in no figure and why, in Markdown, a line for each."""
    said = [say("Not counted: {reason}", reason=say_stored(one)) for one in list(problems.values())[:LISTED]]
    more = len(problems) - LISTED
    if more > 0:
        said.append(say_n("{n:,} more rule is not counted.", "{n:,} more rules are not counted.", more))
    return "  \n".join(map(plain, said))


def share_words(found: Precision) -> str:
    """`83% (71%–91%)`: a precision with its interval."""
    return say("{share:.0%} ({low:.0%}–{high:.0%})", share=found.share, low=found.low, high=found.high)
