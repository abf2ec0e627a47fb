"""The processes of a job: who they are, and how to end them without ever ending another's.

A pid alone proves nothing, since the system gives it to another process sooner or later. A process belongs to a job
when it carries the job's mark in its environment, which every descendant inherits, or when it is in the process group
that was saved for the job and the group's leader still has the start time and command line that were saved with it.
Reads Linux' /proc; where there is none, nothing is recognised, so nothing is ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MARK = "WINNOW_JOB"
"""The environment variable that names the job in each of its processes."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a process from any other that had or will have its pid."""

    pid: int
    started: str
    """Boot id and start time in clock ticks since boot."""
    command: str
    """The command line, arguments separated by spaces."""


def identify(pid: int) -> Identity | None:
    """The identity of a living process; None where there is none, or only its remains (a zombie)."""
    fields = _stat(pid)
    if fields is None:
        return None
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return Identity(pid, f"{boot}:{fields.started}", command)


def group_members(group: int) -> list[int]:
    """The living processes of a process group."""
    return [pid for pid in _pids() if (fields := _stat(pid)) and fields.group == group]


def kill_job(job_id: str, leader: Identity | None, timeout: float = 5.0) -> bool:
    """Kills every process of a job; those that it starts meanwhile too. Returns whether all were gone in time."""
    group = leader.pid if leader and identify(leader.pid) == leader else None
    deadline = time.monotonic() + timeout
    while members := [pid for pid in _pids() if _belongs(pid, job_id, group)]:
        for pid in members:
            _kill_if(pid, lambda pid: _belongs(pid, job_id, group))
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def signal_group(group: int, number: int) -> None:
    """Sends a signal to a process group whose leader is this process's own child, gone or not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


@dataclass(frozen=True, slots=True)
class _Stat:
    group: int
    started: str


def _stat(pid: int) -> _Stat | None:
    """Process group and start time from /proc/PID/stat (proc(5), fields 5 and 22); None for what does not run."""
    try:
        content = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = content[content.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else _Stat(int(fields[2]), fields[19])


def _pids() -> list[int]:
    if not PROC.is_dir():
        return []
    own = os.getpid()
    return [pid for entry in PROC.iterdir() if entry.name.isdigit() and (pid := int(entry.name)) != own]


def _belongs(pid: int, job_id: str, group: int | None) -> bool:
    fields = _stat(pid)
    if fields is None:
        return False
    if group is not None and fields.group == group:
        return True
    try:
        environment = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return False
    return f"{MARK}={job_id}".encode() in environment.split(b"\0")


def _kill_if(pid: int, belongs: Callable[[int], bool]) -> None:
    """Kills the process, having made sure that it is the right one while holding on to it: its pid cannot change
    hands in between."""
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(pid)
        try:
            if belongs(pid):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
