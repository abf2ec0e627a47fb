"""A hold on a database file that does not open: as long as it lasts, no other process opens it."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import WorkspaceLockedError

_MENDING = "restore.lock"
"""An empty file of the workspace: who mends it has it alone, who opens it shares it. A hold on the store goes with the
file that a restore moves away."""
_FLOCK = "hhlli4x"
"""`struct flock` of 64-bit Linux: type, whence, start, length, pid."""


@contextmanager
def mended(root: Path) -> Iterator[None]:
    """Keeps all others from opening a workspace as long as its files are replaced. Raises `WorkspaceLockedError` while
    one of them is about to."""
    said = f"The workspace {root} is being opened, restored or repaired by another process; nothing was touched."
    with _locked(os.open(root / _MENDING, os.O_RDWR | os.O_CREAT, 0o666), fcntl.LOCK_EX, said):
        yield


@contextmanager
def not_while_mended(root: Path) -> Iterator[None]:
    """Raises `WorkspaceLockedError` while another process mends the workspace; none begins to within."""
    try:
        descriptor = os.open(root / _MENDING, os.O_RDONLY)
    except FileNotFoundError:  # nobody ever did
        yield
        return
    with _locked(descriptor, fcntl.LOCK_SH, f"The workspace {root} is being restored or repaired by another process."):
        yield


@contextmanager
def _locked(descriptor: int, how: int, otherwise: str) -> Iterator[None]:
    try:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceLockedError(otherwise, "Wait until that has ended, then do this again.") from error
        yield
    finally:
        os.close(descriptor)


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
