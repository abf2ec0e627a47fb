"""The first rows of a hub dataset, fetched by a process of its own: this one never imports the `datasets` library."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from core.errors import SourceError
from core.queue import JobFolder
from core.settings import PROJECT
from core.sources import hub

ROWS = 100
"""Of each split."""
SECONDS = 120


def fetch(location: str, folder: Path) -> None:
    """Writes the first rows of each split into `folder` as Parquet. Raises SourceError with the worker's words."""
    dataset, config = hub.parse(location)
    with tempfile.TemporaryDirectory() as run:
        work = JobFolder(Path(run)).create()
        work.write_spec({"id": dataset, "config": config, "rows": ROWS})
        command = [sys.executable, "-m", "core.jobs.hub.run", run]
        try:
            done = subprocess.run(command, cwd=PROJECT, capture_output=True, timeout=SECONDS, check=False, text=True)
        except subprocess.TimeoutExpired as error:
            raise SourceError(
                f"The hub has not answered for '{dataset}' in {SECONDS} s.", "Try again later."
            ) from error
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SourceError(work.error() or f"'{dataset}' cannot be fetched: {last}", "")
        for file in work.output.glob("*.parquet"):
            file.rename(folder / file.name)
