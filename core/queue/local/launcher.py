"""Runs jobs by processes of this machine: a lock per job says that somebody answers for it, a wrapper runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.identity import Identity
from core.queue.folder import JobFolder
from core.queue.launcher import Slot
from core.queue.local.launch import spawn_wrapper
from core.queue.local.locks import try_lock, unlock
from core.queue.local.processes import kill_job
from core.queue.local.slots import find_slots
from core.queue.table import Row
from core.settings import PROJECT

PROBE_SECONDS = 2.0
"""How long to try for a job's liveness lock, which others hold for moments when they look whether it lives."""


class LocalLauncher:
    """A `core.queue.launcher.Launcher`."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    def claim(self, folder: JobFolder) -> bool:
        deadline = time.monotonic() + PROBE_SECONDS
        while (descriptor := try_lock(folder.liveness_path)) is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        self._held[folder.job_id] = descriptor
        return True

    def release(self, folder: JobFolder) -> None:
        descriptor = self._held.pop(folder.job_id, None)
        if descriptor is not None:
            unlock(descriptor)

    def holds(self, folder: JobFolder) -> bool:
        return folder.job_id in self._held

    def submit(self, folder: JobFolder) -> None:
        descriptor = self._held.pop(folder.job_id)
        try:
            spawn_wrapper(folder, descriptor)
        finally:
            unlock(descriptor)

    @contextmanager
    def abandoned(self, folder: JobFolder) -> Iterator[bool]:
        descriptor = try_lock(folder.liveness_path)
        try:
            yield descriptor is not None
        finally:
            if descriptor is not None:
                unlock(descriptor)

    def slots(self) -> Sequence[Slot]:
        """GPUs of this machine, or those that `CUDA_VISIBLE_DEVICES` names, else its CPU."""
        return find_slots()

    def kill(self, folder: JobFolder, row: Row) -> None:
        first, path = leader(row), str(folder.path)
        kill_job(path, first if first and path in first.command else None)

    def attend(self, module: str, arguments: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as errors:
            # In a session of its own, so that Ctrl-C in the terminal reaches the app alone, whose end then is the end
            # of this process's input.
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=PROJECT,
                env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )


def leader(row: Row) -> Identity | None:
    """The identity that was saved of the job's first process."""
    if row["leader_pid"] is None:
        return None
    return Identity(row["leader_pid"], row["leader_started"], row["leader_command"])
