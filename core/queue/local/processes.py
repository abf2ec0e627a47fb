"""The processes of a job: who they are, and how to end them without ever ending another's.

A process belongs to a job when it carries the job's mark in its environment, which every descendant inherits, or when
it is in the process group that was saved for the job and the group's leader still has the start time and command line
that were saved with it.
Reads Linux' /proc; where there is none, nothing is recognised, so nothing is ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable

from core.identity import PROC, Identity, identify, stat_of

MARK = "WINNOW_JOB"
"""The environment variable that says in each process of a job which folder the job has: its id would name the same job
of a copied workspace too."""


def group_members(group: int) -> list[int]:
    """The living processes of a process group."""
    return [pid for pid in _pids() if (fields := stat_of(pid)) and fields.group == group]


def kill_job(mark: str, leader: Identity | None, timeout: float = 5.0) -> bool:
    """Kills every process that carries a job's mark or is in its leader's group; those that they start meanwhile too.
    Returns whether all were gone in time."""
    group = leader.pid if leader and identify(leader.pid) == leader else None
    deadline = time.monotonic() + timeout
    while members := [pid for pid in _pids() if _belongs(pid, mark, group)]:
        for pid in members:
            _kill_if(pid, lambda pid: _belongs(pid, mark, group))
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def signal_group(group: int, number: int) -> None:
    """Sends a signal to a process group whose leader is this process's own child, gone or not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _pids() -> list[int]:
    if not PROC.is_dir():
        return []
    own = os.getpid()
    return [pid for entry in PROC.iterdir() if entry.name.isdigit() and (pid := int(entry.name)) != own]


def _belongs(pid: int, mark: str, group: int | None) -> bool:
    fields = stat_of(pid)
    if fields is None:
        return False
    if group is not None and fields.group == group:
        return True
    try:
        environment = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return False
    return os.fsencode(f"{MARK}={mark}") in environment.split(b"\0")


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
