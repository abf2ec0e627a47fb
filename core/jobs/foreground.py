"""Runs the heavy half of a job while somebody waits, in a folder that is gone afterwards: for what is no job of its own
in the list, since its result is an answer or a file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.progress import look_up
from core.queue import JobFolder
from core.settings import PROJECT

LOOK_SECONDS = 0.1


@contextmanager
def passing_folder() -> Iterator[JobFolder]:
    """A job folder that is removed with the context."""
    with tempfile.TemporaryDirectory() as path:
        yield JobFolder(Path(path)).create()


def run_module(module: str, folder: JobFolder, seconds: float | None = None) -> str:
    """Runs the module on the folder; empty where it succeeded, else the last line that it printed.

    Raises subprocess.TimeoutExpired where that takes longer than `seconds`; whatever it raises, Ctrl-C too, the process
    is gone then.
    """
    command = [sys.executable, "-m", module, str(folder.path)]
    nowhere, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdout=nowhere, stderr=pipe, text=True) as process:
        try:
            said = _said(process, seconds)
        except BaseException:
            process.kill()
            raise
        return (said.strip().splitlines() or ["no message"])[-1] if process.returncode else ""


def _said(process: subprocess.Popen[str], seconds: float | None) -> str:
    """What a process has printed on standard error when it ends."""
    began = time.monotonic()
    while True:
        try:
            return process.communicate(timeout=LOOK_SECONDS)[1]
        except subprocess.TimeoutExpired:
            look_up()
            if seconds is not None and time.monotonic() - began > seconds:
                raise
