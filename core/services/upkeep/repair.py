"""Mends what can be mended without a backup: what is computed, listed or taken in again from what is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.arrays.shards import drop
from core.errors import WinnowError
from core.files import remove
from core.queue.queue import Queue
from core.services.context import open_context
from core.services.upkeep.again import Again, make_all_again
from core.services.upkeep.check import (
    Finding,
    broken_shards,
    check_is_workspace,
    files_of,
    unfinished,
)
from core.services.upkeep.restore import beside, rebuild_jobs, replace
from core.settings import Workspace
from core.store.upkeep.lock import kept_closed, mended


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was done."""

    jobs: int
    """Jobs that are listed again from their folders."""
    shards: int
    """Broken shards of arrays that were dropped."""
    unfinished: int
    """Files left half-written that were removed."""
    aside: Path | None
    """Where the broken table of jobs lies now, where there was anything of one."""
    again: Again
    left: tuple[Finding, ...]
    """What only a backup brings back."""


def repair(workspace: Workspace) -> Repaired:
    """Mends what it can. Raises `WorkspaceLockedError` while another process has the workspace open; then nothing was
    touched. While a job runs, half-written files stay: some may be its own."""
    check_is_workspace(workspace)
    with mended(workspace.root):
        return _repaired(workspace)


def _repaired(workspace: Workspace) -> Repaired:
    found = files_of(workspace)  # which opens the store, and with that would take the place of the hold on it
    with kept_closed(workspace.database):
        name = workspace.jobs_database.name
        broken = any(one.what == name and one.state in ("damaged", "missing") for one in found)
        jobs, aside = _jobs_again(workspace) if broken else (0, None)
        shards = broken_shards(workspace)
        for shard, _ in shards:
            drop(shard)
        swept = [] if _job_runs(workspace) else unfinished(workspace)
        for path in swept:
            remove(path)
    left = tuple(one for one in found if one.wrong and one.what != name)
    return Repaired(jobs, len(shards), len(swept), aside, Again(0, 0, ()) if left else _again(workspace), left)


def _jobs_again(workspace: Workspace) -> tuple[int, Path | None]:
    with beside(workspace) as ready:
        jobs = rebuild_jobs(workspace, ready)
        aside = replace(workspace, [workspace.jobs_database.name], ready)
    if any(aside.iterdir()):
        return jobs, aside
    aside.rmdir()
    return jobs, None


def _again(workspace: Workspace) -> Again:
    context = open_context(workspace, mending=True)
    try:
        return make_all_again(context)
    finally:
        context.close()


def _job_runs(workspace: Workspace) -> bool:
    try:
        queue = Queue(workspace)
        queue.reconcile()
        return bool(queue.active())
    except WinnowError:
        return True
