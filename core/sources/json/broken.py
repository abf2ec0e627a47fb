"""Why a JSON text cannot be read, in words of ours in place of those of Python's `json`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.words import later, stored

_CAUSES: Mapping[str, str] = {
    "Expecting value": later("a value is missing"),
    "Expecting ':' delimiter": later("a colon is missing"),
    "Expecting ',' delimiter": later("a comma or a closing bracket is missing"),
    "Expecting property name enclosed in double quotes": later("a key in double quotes is missing"),
    "Extra data": later("something follows the value"),
    "Unterminated string starting at": later("a text that opens is never closed"),
    "Invalid control character at": later("a control character stands in a text"),
    "Invalid \\escape": later("a backslash stands before a sign that it cannot escape"),
    "Invalid \\uXXXX escape": later("\\u is not followed by four hexadecimal digits"),
}
"""What Python says → what a person reads."""

_KINDS: Mapping[type, str] = {
    dict: later("an object"),
    list: later("a list"),
    str: later("a text"),
    int: later("a number"),
    float: later("a number"),
    bool: later("true or false"),
    type(None): later("null"),
}


def kind_of(value: object) -> str:
    """What a value of JSON is."""
    return _KINDS[type(value)]


def reason_of(error: json.JSONDecodeError) -> str:
    """What is wrong, without the place."""
    return _CAUSES.get(error.msg.rstrip(": "), error.msg)


def cause_of(error: ValueError | RecursionError) -> str:
    """What is wrong and where: the line is said where the text has several."""
    if isinstance(error, json.JSONDecodeError):
        reason, line, place = reason_of(error), error.lineno, error.colno
        if "\n" not in error.doc.strip():
            return stored(f"{reason} (character {place:,})")
        return stored(f"{reason} (line {line:,}, character {place:,})")
    if isinstance(error, RecursionError):
        return stored("nested too deep")
    return stored("a whole number with thousands of digits")
