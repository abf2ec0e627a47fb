"""Waits for a job where somebody sits in front of it: the command line, and scripts."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.context import Context
from core.errors import JobError
from core.progress import look_up
from core.records import ENDED, Job
from core.services.collect import collect

LOOK_EVERY = 0.1
"""Seconds."""


def follow(
    context: Context,
    job_id: str,
    on_progress: Callable[[Job], None] = lambda job: None,
    *,
    interrupted: Callable[[str], object] | None = None,
) -> Job:
    """Waits until a job has ended and its output is in the store, and returns it.

    `on_progress` gets the job ten times a second. An interrupt (Ctrl-C) cancels the job, or does with its id what
    `interrupted` says, and is raised again. Raises JobError where the job did not get to its end.
    """
    try:
        job = until_ended(context, job_id, on_progress)
    except KeyboardInterrupt:
        (interrupted or context.queue.cancel)(job_id)
        until_ended(context, job_id, on_progress)
        raise
    if job.status != "done":
        raise JobError(
            job.error or f"{job.title} was {job.status}.", f"Its log is {context.queue.folder(job_id).log_path}"
        )
    return job


def until_ended(context: Context, job_id: str, on_progress: Callable[[Job], None]) -> Job:
    """The job, once it has ended however it did and its output is in the store. `on_progress` may raise to wait no
    longer: the job goes on."""
    while True:
        look_up()
        context.queue.reconcile()
        collect(context)
        job = context.queue.get(job_id)
        on_progress(job)
        if job.status in ENDED and job.collected:
            return job
        time.sleep(LOOK_EVERY)
