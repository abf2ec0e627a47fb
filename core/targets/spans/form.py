"""The text form of spans: a JSON array of [start, stop, "TYPE"] in characters of the row's text, sorted, without
blanks. Equal spans, equal texts. `[]` says that the text has none, which is not the same as no label."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

Span = tuple[int, int, str]
"""Start, stop (the place behind the last character) and type."""
NONE = "[]"
_STARTS = ("start", "start_offset", "begin", "offset", "from")
_STOPS = ("end", "stop", "end_offset", "to")
_TYPES = ("label", "type", "entity", "tag", "entity_group", "category", "labels", "entity_type")
"""What programs call the parts of a span that they write as an object."""


def spans_of(label: str) -> tuple[Span, ...]:
    """The spans of a label in its text form."""
    return tuple((start, stop, name) for start, stop, name in json.loads(label))


def written(spans: Iterable[Span]) -> str:
    """The text form of spans in any order; one that is given twice is written once."""
    listed = [list(one) for one in sorted(set(spans))]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


def span_in(value: Any) -> Span | None:
    """The span that a program wrote as [start, stop, type] or as an object; None for anything else."""
    if isinstance(value, Mapping):
        return _of_object(value)
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 3:
        return None
    start, stop, name = value
    if isinstance(start, str) and not isinstance(name, str):  # as GLiNER and others have it: the type first
        start, stop, name = stop, name, start
    return _span(start, stop, name)


def _of_object(value: Mapping[str, Any]) -> Span | None:
    start = next((value[key] for key in _STARTS if key in value), None)
    stop = next((value[key] for key in _STOPS if key in value), None)
    name = next((value[key] for key in _TYPES if key in value), None)
    if stop is None and type(start) is int and type(value.get("length")) is int:
        stop = start + value["length"]
    if isinstance(name, list) and len(name) == 1:  # as Label Studio has it
        (name,) = name
    return _span(start, stop, name)


def _span(start: Any, stop: Any, name: Any) -> Span | None:
    if type(start) is not int or type(stop) is not int or not isinstance(name, str) or not name.strip():
        return None
    return start, stop, name.strip()


def spans_in(value: Any) -> tuple[Span, ...] | None:
    """The spans of a list as programs write them, sorted; None where it is no list of spans."""
    if not isinstance(value, list | tuple):
        return None
    found = [span_in(one) for one in value]
    return tuple(sorted({one for one in found if one is not None})) if None not in found else None


def overlapping(spans: Sequence[Span]) -> tuple[Span, Span] | None:
    """The first two spans that have a character in common, of sorted ones; None where there are none."""
    return next(((one, other) for one, other in pairwise(spans) if other[0] < one[1]), None)


def outside(spans: Iterable[Span], length: int) -> Span | None:
    """The first span that is empty or not within a text of so many characters; None where there is none."""
    return next((one for one in spans if not 0 <= one[0] < one[1] <= length), None)
