"""How much of the machine a reader may take."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

MEMORY_BYTES = 1024**3
"""Memory of its own (what is mapped from files does not count); beyond it, a reader is ended."""
PREVIEW_SECONDS = 20.0
"""How long the first rows may take, not counting what their reader waits for a processor."""
STILL_SECONDS = 30.0
"""How long the reading of a whole source may go on without a byte in or out and without any progress; its waiting
does not count either."""
_ADDRESSABLE = 6 * MEMORY_BYTES
"""What it may ask for at all: a count of billions in a damaged file is refused at once, before it is touched."""
_PR_SET_PDEATHSIG = 1
_PAGE = os.sysconf("SC_PAGE_SIZE")


def enter() -> None:
    """Binds this process: it ends with its parent, leaves no dump of its core, has a bounded heap, and goes first where
    the machine's memory ends."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (_ADDRESSABLE, _ADDRESSABLE))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("600")


def own_memory(pid: int) -> int:
    """Bytes that a process holds for itself, in memory now; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
        return (int(fields[1]) - int(fields[2])) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def waited(pid: int) -> float:
    """Seconds that a process has waited for a processor so far: the thread of it that waited longest. 0 where the
    system does not say."""
    try:
        said = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return max(int(delay) for _, delay, _ in said) / 1e9
    except (OSError, ValueError):
        return 0.0


def traffic(pid: int) -> str:
    """Bytes read and written so far, as far as the system says."""
    try:
        return "".join(Path(f"/proc/{pid}/io").read_text().splitlines()[:2])
    except OSError:
        return ""
