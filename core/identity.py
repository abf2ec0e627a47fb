"""Who a process is: a pid alone proves nothing, since the system gives it to another process sooner or later.

Reads Linux' /proc with the standard library alone. Where there is none, nothing is recognised: nobody is known to live.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a process from any other that had or will have its pid."""

    pid: int
    started: str
    """Boot id and start time in clock ticks since boot."""
    command: str
    """The command line, arguments separated by spaces."""


@dataclass(frozen=True, slots=True)
class Stat:
    """What /proc/PID/stat tells of a living process."""

    group: int
    started: str


def identify(pid: int) -> Identity | None:
    """The identity of a living process; None where there is none, or only its remains (a zombie)."""
    fields = stat_of(pid)
    if fields is None:
        return None
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return Identity(pid, f"{boot}:{fields.started}", command)


def stat_of(pid: int) -> Stat | None:
    """Process group and start time from /proc/PID/stat (proc(5), fields 5 and 22); None for what does not run."""
    try:
        content = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = content[content.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else Stat(int(fields[2]), fields[19])


def own_mark() -> str:
    """This process as one word, to be written beside what it holds: `4711:BOOT:START`; empty where unknown."""
    return _mark(os.getpid())


def is_gone(mark: str | None) -> bool:
    """Whether the process of a mark has ended. One that cannot be told counts as gone."""
    pid = (mark or "").partition(":")[0]
    return not pid.isdigit() or _mark(int(pid)) != mark


def _mark(pid: int) -> str:
    found = identify(pid)
    return f"{pid}:{found.started}" if found else ""
