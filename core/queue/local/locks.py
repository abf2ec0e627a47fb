"""Locks that die with their process (flock): one per run says that it lives, one per device slot says who has it.

A lock belongs to the open file, not to the process: a parent can take it and pass it on to a child without a moment
in which nobody holds it.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def try_lock(path: Path) -> int | None:
    """Takes the lock and returns its file descriptor, or None where somebody else has it. Never waits.

    The descriptor is not inherited by child processes. Closing its last copy gives the lock back.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def unlock(descriptor: int) -> None:
    os.close(descriptor)
