"""Ids that sort by the time they were made (UUID version 7, RFC 9562), because a shared catalogue has no sequences."""

from __future__ import annotations

import re
import secrets
import threading
import time

from core.errors import NotFoundError

_ID = re.compile(r"[0-9a-f]{32}")
_lock = threading.Lock()
_last_tick = 0
"""Of the process and of no workspace: what two open ones make then sorts in the order of making too."""


def new_id() -> str:
    """32 hex digits; later ids of one process are always greater, ids of two processes sort to within the clock."""
    tick = _next_tick()
    value = (tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62)
    return f"{value:032x}"


def new_ids(count: int) -> list[str]:
    """So many ids for what is written at once: in their order, after all before and before all later ones."""
    made = new_id()
    head, first = made[:20], int(made[20:], 16) >> 1  # what follows the first has room to grow
    return [f"{head}{place:012x}" for place in range(first, first + count)]


def checked_id(value: str, what: str) -> str:
    """Returns `value` where it has the form of an id, so that it is safe inside SQL; else raises `NotFoundError`."""
    if not _ID.fullmatch(value):
        raise NotFoundError(f"{value!r} is not the id of a {what}.", "Ids are 32 hex digits; take one from a list.")
    return value


def _next_tick() -> int:
    """Milliseconds since 1970 in 48 bits, then 1/4096 of a millisecond in 12 (RFC 9562 §6.2, method 3)."""
    global _last_tick
    with _lock:
        _last_tick = max(_last_tick + 1, time.time_ns() * 4096 // 1_000_000)
        return _last_tick
