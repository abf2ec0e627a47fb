"""Figures of rules in words."""

from __future__ import annotations

from core.services.rules.figures import Precision
from core.words import say, say_n


def rows_words(count: int) -> str:
    """`1,204 rows`."""
    return say_n("{n:,} row", "{n:,} rows", count)


def share_words(found: Precision) -> str:
    """`83% (71%–91%)`: a precision with its interval."""
    return say("{share:.0%} ({low:.0%}–{high:.0%})", share=found.share, low=found.low, high=found.high)
