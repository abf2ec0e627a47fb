"""Starts jobs: the one way in for every kind.

A thread fills the job's `input/` beside the page and hands the job to the queue: writing a million rows takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.context import Context
from core.files import whole
from core.jobs.about import About
from core.jobs.defects import in_words
from core.jobs.kind import JobKind, Result, Spec
from core.queue import JobFolder
from core.records import Dataset, Job, Version
from core.typed import to_json

Prepare = Callable[[Context, JobFolder], None]


def submit(
    context: Context,
    kind: JobKind[Spec, Result],
    spec: Spec,
    *,
    title: str,
    dataset_id: str | None,
    by: str,
    created: Callable[[Job], object] = lambda job: None,
) -> Job:
    """Starts a job and returns at once; it is `preparing` until its input is written.

    A job of the kind that was asked for exactly the same and has not ended is returned instead of a second one.
    `created` gets a new job before anything of it runs.
    """
    frozen = to_json(spec)
    with context.beside.turn("submit"):
        if running := context.queue.under_way(kind.name, frozen):
            return running
        resources = kind.resources(spec)
        job = context.queue.create(kind.name, title, kind.module, frozen, dataset_id, by, resources)
        created(job)
    prepare_and_enqueue(context, job, kind.prepare)
    return job


def restart(context: Context, job_id: str, kind: JobKind[Spec, Result]) -> Job:
    """Starts an ended job again with the same spec; what it had made so far is kept. Raises JobError where it
    cannot."""
    job = context.queue.restart(job_id, kind.module)
    prepare_and_enqueue(context, job, kind.prepare)
    return job


def prepare_and_enqueue(context: Context, job: Job, prepare: Prepare) -> None:
    """Returns at once: a thread prepares the job, which is `preparing` meanwhile, and enqueues it. A job that cannot be
    prepared fails and says why."""
    context.beside.start(f"prepare-{job.job_id}", lambda: _prepare(context, job, prepare))


def about(context: Context, dataset: Dataset, version: Version) -> About:
    """What the spec of a job on a version says of it."""
    workspace = context.workspace
    return About(
        dataset.dataset_id, version.version_id, dataset.task, dataset.labels, workspace.arrays, workspace.media
    )


def write_once(path: Path, write: Callable[[Path], object]) -> None:
    """Lets `write` make the file whole, unless it is there already."""
    if path.exists():
        return
    with whole(path) as part:
        write(part)


def _prepare(context: Context, job: Job, prepare: Prepare) -> None:
    try:
        prepare(context, JobFolder(Path(job.folder)))
        context.queue.enqueue(job.job_id)
    except Exception as error:
        if not context.beside.leaving:  # what closing broke off is no failure: the next start finds it, and says so
            context.queue.fail(job.job_id, f"It could not be prepared: {in_words(error)}")
