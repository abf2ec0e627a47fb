"""Fills a job's `input/` beside the page and hands the job to the queue: writing a million rows takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.files import whole
from core.queue import RunFolder
from core.records import Dataset, Job, Version
from core.services.context import Context
from core.services.defects import in_words

Prepare = Callable[[Context, RunFolder], None]
"""Writes what a job reads into its run folder; leaves alone what is there already."""


def prepare_and_enqueue(context: Context, job: Job, prepare: Prepare) -> None:
    """Returns at once: a thread prepares the job, which is `preparing` meanwhile, and enqueues it. A job that cannot be
    prepared fails and says why."""
    context.beside.start(f"prepare-{job.job_id}", lambda: _prepare(context, job, prepare))


def about(context: Context, dataset: Dataset, version: Version) -> dict[str, Any]:
    """What the spec of every job on a version says: whose rows they are, and where their content and vectors lie."""
    return {
        "dataset_id": dataset.dataset_id,
        "version_id": version.version_id,
        "task": dataset.task,
        "labels": list(dataset.labels),
        "arrays": str(context.workspace.arrays),
        "media": str(context.workspace.media),
    }


def write_once(path: Path, write: Callable[[Path], object]) -> None:
    """Lets `write` make the file whole, unless it is there already."""
    if path.exists():
        return
    with whole(path) as part:
        write(part)


def _prepare(context: Context, job: Job, prepare: Prepare) -> None:
    try:
        prepare(context, RunFolder(Path(job.folder)))
        context.queue.enqueue(job.job_id)
    except Exception as error:
        context.queue.fail(job.job_id, f"It could not be prepared: {in_words(error)}")
