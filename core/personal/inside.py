"""Masks what holds several values, such as a JSON object: each by the name under which it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.personal.columns import tells

Mask = Callable[[str, str], str]
"""Of the name of what a text stands under, and the text, gives the text masked."""
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a letter, which JSON may escape and UTF-8 has not."""


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written, with names that stand there twice."""


def masked_inside(mask: Mask, column: str, value: Any) -> Any:
    """A value of a column with every text in it masked, the names in objects too; a number only where the name that it
    stands under says that it is somebody's, as a text then. A text that is a JSON object or list stays one. What stands
    in an object is masked by its own name, or by that of what it is in where that one alone tells what it is."""
    if isinstance(value, str):
        return _masked_text(mask, column, value)
    if isinstance(value, _Pairs):
        return _masked_pairs(mask, column, value)
    if isinstance(value, list | tuple):
        return type(value)(masked_inside(mask, column, one) for one in value)
    if isinstance(value, Mapping):
        return _masked_pairs(mask, column, value.items())
    if value is None or isinstance(value, bool) or not tells(column):
        return value
    hidden = mask(column, str(value))
    return value if hidden == str(value) else hidden


def _masked_text(mask: Mask, column: str, text: str) -> str:
    if not text.lstrip().startswith(("{", "[")):
        return mask(column, text)
    try:
        held = json.loads(text, object_pairs_hook=_Pairs)
        hidden = masked_inside(mask, column, held)
        if hidden == masked_inside(_as_it_is, column, held):
            return text
    except (ValueError, RecursionError):
        return mask(column, text)
    told = json.dumps(hidden, ensure_ascii=False)
    return json.dumps(hidden) if _SURROGATE.search(told) else told


def _masked_pairs(mask: Mask, column: str, pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Of names that are equal once they are masked, each but the first has a number."""
    masked: dict[str, Any] = {}
    for key, value in pairs:
        name = str(key)
        first = unlike = mask("", name)
        number = 1
        while unlike in masked:
            number += 1
            unlike = f"{first} {number}"
        masked[unlike] = masked_inside(mask, column if tells(column) and not tells(name) else name, value)
    return masked


def _as_it_is(column: str, text: str) -> str:
    return text
