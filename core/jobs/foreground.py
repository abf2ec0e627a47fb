"""Runs the heavy half of a job while somebody waits, in a folder that is gone afterwards: for what is no job of its own
in the list, since its result is an answer or a file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.queue import JobFolder
from core.settings import PROJECT


@contextmanager
def passing_folder() -> Iterator[JobFolder]:
    """A job folder that is removed with the context."""
    with tempfile.TemporaryDirectory() as path:
        yield JobFolder(Path(path)).create()


def run_module(module: str, folder: JobFolder, seconds: float | None = None) -> str:
    """Runs the module on the folder; empty where it succeeded, else the last line that it printed.

    Raises subprocess.TimeoutExpired where that takes longer than `seconds`.
    """
    command = [sys.executable, "-m", module, str(folder.path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, timeout=seconds, check=False, text=True)
    return (done.stderr.strip().splitlines() or ["no message"])[-1] if done.returncode else ""
