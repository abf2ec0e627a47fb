"""What crosses between the app and its readers: JSON, and bytes behind it. Nothing that runs code when it is read."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.records import Column, Preview, Schema
from core.typed import JsonObject, from_json, to_json

_HEAD = struct.Struct("<QQ")
"""Bytes of JSON, bytes behind it."""
_KIND = "__kind"


def send(connection: socket.socket, message: Any) -> None:
    """Sends one message. Raises OSError where nobody is there to take it."""
    behind = bytearray()
    text = json.dumps(_packed(message, behind)).encode()
    # At once: whoever has all of a message may answer and be gone before another call.
    connection.sendall(_HEAD.pack(len(text), len(behind)) + text + behind)


def receive(connection: socket.socket) -> Any:
    """The next message, or None once the other side is gone."""
    head = _read(connection, _HEAD.size)
    if head is None:
        return None
    in_text, in_bytes = _HEAD.unpack(head)
    text, behind = _read(connection, in_text), _read(connection, in_bytes)
    return None if text is None or behind is None else _unpacked(json.loads(text), behind)


def _read(connection: socket.socket, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        block = connection.recv(min(size - len(found), 1024**2))
        if not block:
            return None
        found += block
    return bytes(found)


def _packed(value: Any, behind: bytearray) -> Any:
    """The value as JSON has it; what JSON has no word for becomes {kind, value}, bytes lie behind it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_packed(one, behind) for one in value]
    if isinstance(value, Mapping):
        return {_KIND: "dict", "value": [[_packed(k, behind), _packed(v, behind)] for k, v in value.items()]}
    if isinstance(value, bytes | bytearray | memoryview):
        start = len(behind)
        behind += value
        return {_KIND: "bytes", "value": [start, len(behind)]}
    if isinstance(value, datetime | date | time):
        return {_KIND: type(value).__name__, "value": value.isoformat()}
    if isinstance(value, timedelta):
        return {_KIND: "timedelta", "value": [value.days, value.seconds, value.microseconds]}
    return {_KIND: type(value).__name__ if isinstance(value, Decimal | UUID) else "str", "value": str(value)}


def _unpacked(value: Any, behind: bytes) -> Any:
    if isinstance(value, list):
        return [_unpacked(one, behind) for one in value]
    if not isinstance(value, dict):
        return value
    kind, inner = value[_KIND], value["value"]
    match kind:
        case "dict":
            return {_unpacked(k, behind): _unpacked(v, behind) for k, v in inner}
        case "bytes":
            return behind[inner[0] : inner[1]]
        case "timedelta":
            return timedelta(*inner)
        case _:
            return _MAKE[kind](inner)


_MAKE: Mapping[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "Decimal": Decimal,
    "UUID": UUID,
    "str": str,
}


def preview_data(found: Preview) -> JsonObject:
    """A preview as plain data: its rows hold values that `core.typed` does not know."""
    return {field: getattr(found, field) for field in ("source", "rows", "notes", "row_estimate")} | {
        "columns": [asdict(column) for column in found.columns],
        "guess": to_json(found.guess),
    }


def preview_of(data: Mapping[str, Any]) -> Preview:
    """The preview that was sent."""
    return Preview(
        data["source"],
        tuple(Column(**column) for column in data["columns"]),
        tuple(data["rows"]),
        from_json(Schema, data["guess"], "the guess"),
        tuple(data["notes"]),
        data["row_estimate"],
    )
