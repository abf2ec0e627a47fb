"""A cell in words: the JSON object that is an example, for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.words import later

MISSING = later("missing")
FEW_WORDS = 40
"""Characters of a value in a line of several."""


def fields(text: str) -> Mapping[str, Any]:
    """Column → value, in their order; None where it is missing."""
    found = json.loads(text or "{}")
    return dict(found) if isinstance(found, dict) else {}


def said(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def line(text: str, most: int) -> str:
    """`age 39 · workclass State-gov · hours missing`, as many columns as fit."""
    words, length = [], 0
    for name, value in fields(text).items():
        short = " ".join(said(value)[:FEW_WORDS].split())
        words.append(f"{name} {short}")
        length += len(words[-1]) + 3
        if length > most:
            break
    return " · ".join(words)[:most]
