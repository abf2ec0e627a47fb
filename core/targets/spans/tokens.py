"""Tokens as the characters of a text that they are: kept with the row, so that what is exported has the same ones."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from core.targets.spans.form import Span

Bounds = tuple[tuple[int, int], ...]
"""Start and stop of each token, in characters of the text, in order."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


def joined(tokens: Sequence[str]) -> tuple[str, Bounds]:
    """A text of tokens with a blank between two, and where each is."""
    bounds, at = [], 0
    for token in tokens:
        bounds.append((at, at + len(token)))
        at += len(token) + 1
    return " ".join(tokens), tuple(bounds)


def bounds_text(bounds: Iterable[tuple[int, int]]) -> str:
    """The bounds as they are stored: `[[0,5],[6,9]]`."""
    return json.dumps([list(one) for one in bounds], separators=(",", ":"))


def bounds_of(stored: str | None, text: str, spans: Sequence[Span] = ()) -> Bounds:
    """The tokens of a row: those stored, where they fit its text, cut where a span begins or ends within one; else its
    words and signs."""
    found = _read(stored, len(text)) if stored else None
    if found is None:
        found = tuple(match.span() for match in _TOKEN.finditer(text))
    cuts = sorted({place for start, stop, _ in spans for place in (start, stop)})
    return tuple(part for one in found for part in _cut(one, cuts, text))


def _read(stored: str, length: int) -> Bounds | None:
    """Of pairs, or of objects with `start` and `end`, as spaCy writes tokens."""
    try:
        listed = json.loads(stored)
        pairs = [(one["start"], one["end"]) if isinstance(one, dict) else tuple(one) for one in listed]
        found = tuple((int(start), int(stop)) for start, stop in pairs)
    except (ValueError, TypeError, KeyError):
        return None
    ends = [0, *(place for one in found for place in one)]
    return found if ends == sorted(ends) and ends[-1] <= length else None


def _cut(token: tuple[int, int], cuts: Sequence[int], text: str) -> list[tuple[int, int]]:
    start, stop = token
    within = cuts[bisect_right(cuts, start) : bisect_left(cuts, stop)]
    ends = [start, *within, stop]
    return [(a, b) for a, b in pairwise(ends) if not within or text[a:b].strip()]


def of_tokens(spans: Iterable[Span], bounds: Bounds) -> list[tuple[int, int, str]]:
    """Spans of characters as spans of the tokens that they touch: (first, behind the last, type). One that touches
    none is left out."""
    starts, stops = [one[0] for one in bounds], [one[1] for one in bounds]
    found = []
    for start, stop, name in spans:
        first, behind = bisect_right(stops, start), bisect_left(starts, stop)
        if first < behind:
            found.append((first, behind, name))
    return found


def of_characters(spans: Iterable[tuple[int, int, str]], bounds: Bounds) -> list[Span]:
    """The inverse of `of_tokens`."""
    return [(bounds[first][0], bounds[behind - 1][1], name) for first, behind, name in spans]
