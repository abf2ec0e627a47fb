"""A hold on a database file that does not open: as long as it lasts, no other process opens it."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import WorkspaceLockedError

_FLOCK = "hhlli4x"
"""`struct flock` of 64-bit Linux: type, whence, start, length, pid."""


@contextmanager
def kept_closed(path: Path) -> Iterator[None]:
    """Raises `WorkspaceLockedError` while another process has the file open; DuckDB's lock is one of the whole file.
    Not for a process that has it open itself: the hold would take the place of its lock. Where there is no file, there
    is nothing to hold."""
    if not path.is_file():
        yield
        return
    descriptor = os.open(path, os.O_RDWR)
    try:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WorkspaceLockedError(
                f"The workspace {path.parent} is open in process {_holder(descriptor)}; nothing was touched.",
                "Close the app, or wait for the other command, and do this again.",
            ) from error
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> int:
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    return int(struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))[4])
