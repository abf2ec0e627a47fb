"""Datasets of the hub, fetched by a process of its own, since this one never imports the `datasets` library: the first
rows for a preview, or all of them as a load."""

from __future__ import annotations

import subprocess
from pathlib import Path

from core.errors import SourceError
from core.jobs.foreground import passing_folder, run_module
from core.jobs.hub.spec import HubLoadSpec, HubResult, HubSpec
from core.jobs.kind import JobKind
from core.jobs.load.web import LOAD, collect_load
from core.queue import Resources
from core.sources import hub
from core.typed import to_json

ROWS = 100
"""Of each split."""
SECONDS = 120


def fetch(location: str, folder: Path) -> None:
    """Writes the first rows of each split into `folder` as Parquet. Raises SourceError with the worker's words."""
    dataset, config = hub.parse(location)
    with passing_folder() as work:
        work.write_spec(to_json(HubSpec(dataset, config, ROWS)))
        try:
            problem = run_module(HUB.module, work, SECONDS)
        except subprocess.TimeoutExpired as error:
            raise SourceError(
                f"The hub has not answered for '{dataset}' in {SECONDS} s.", "Try again later."
            ) from error
        if problem:
            raise SourceError(work.error() or f"'{dataset}' cannot be fetched: {problem}", "")
        for file in work.output.glob("*.parquet"):
            file.rename(folder / file.name)


HUB = JobKind(
    "hub",
    HubLoadSpec,
    HubResult,
    "core.jobs.hub.run",
    collect=collect_load,
    resources=lambda spec: Resources(device=False),
)
LOADS = (LOAD.name, HUB.name)
"""The kinds of jobs that make datasets."""
