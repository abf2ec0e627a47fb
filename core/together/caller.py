"""Who asked for a command, and where what it says goes: the process itself, or a client of it."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Bytes(Protocol):
    """Where the answer goes that a command writes by itself."""

    def write(self, block: bytes, /) -> Any: ...

    def flush(self) -> Any: ...


class Texts(Protocol):
    """Where progress goes."""

    def write(self, text: str, /) -> Any: ...

    def flush(self) -> Any: ...

    def isatty(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever waits for the answer."""

    user: str
    folder: Path
    """Where they are: what a file is written to that they gave no path."""
    out: Bytes
    err: Texts
    out_is_terminal: bool = False
    json: bool = False
    """Whether they want one JSON value on standard output."""


_CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)


def caller() -> Caller:
    """Who asked for what this thread does: the person in front of this process unless `called_by` says otherwise."""
    return _CALLER.get() or this_process()


def this_process(*, json: bool = False) -> Caller:
    """The person who started this process, and its own standard output and error."""
    return Caller(own_user(), Path.cwd(), sys.stdout.buffer, sys.stderr, sys.stdout.isatty(), json)


@contextmanager
def called_by(asking: Caller) -> Iterator[None]:
    """`caller` gives this one to the thread in the block."""
    before = _CALLER.set(asking)
    try:
        yield
    finally:
        _CALLER.reset(before)


def own_user() -> str:
    """The person who started this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
