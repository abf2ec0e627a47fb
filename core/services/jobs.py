"""What the page and the command line do with jobs: list, look into, stop, cancel, start again."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import Job
from core.services.cleaning_effect.start import prepare_cleaning
from core.services.context import Context
from core.services.loading.splits import prepare_groups
from core.services.loading.taking_in import prepare_load
from core.services.prediction.predict import prepare_predict
from core.services.prepare import Prepare, prepare_and_enqueue
from core.services.scan import prepare_scan
from core.services.train import prepare_train

PREPARE: dict[str, Prepare] = {
    "scan": prepare_scan,
    "load": prepare_load,
    "groups": prepare_groups,
    "train": prepare_train,
    "predict": prepare_predict,
    "cleaning": prepare_cleaning,
}
"""Per kind of job that can be started again, what fills its `input/` where it was lost before that was done."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of the list of all jobs, newest first."""

    total: int
    jobs: tuple[Job, ...]


def list_jobs(context: Context, limit: int, offset: int = 0) -> JobPage:
    """`limit` jobs from `offset` on, newest first."""
    return JobPage(context.queue.count(), tuple(context.queue.list(limit, offset)))


def active_jobs(context: Context) -> list[Job]:
    """Jobs that have not ended, oldest first."""
    return context.queue.active()


def get_job(context: Context, job_id: str) -> Job:
    """Raises JobError where there is no such job."""
    return context.queue.get(job_id)


def log(context: Context, job_id: str, lines: int = 200) -> str:
    """The last lines that a job printed. Raises JobError where there is no such job."""
    return context.queue.log_tail(job_id, lines)


def stop(context: Context, job_id: str) -> Job:
    """Asks a job to end at its next step and keep what it has."""
    return context.queue.stop(job_id)


def cancel(context: Context, job_id: str) -> Job:
    """Ends a job within a second or so."""
    return context.queue.cancel(job_id)


def can_restart(context: Context, job: Job) -> bool:
    """Whether the job ended without its result and is of a kind that can be started again with the same settings."""
    return job.kind in PREPARE and context.queue.can_restart(job.job_id)


def restart(context: Context, job_id: str) -> Job:
    """Starts a job again with the same settings; what it had made so far is kept. Raises JobError where it cannot."""
    job = context.queue.restart(job_id)
    prepare_and_enqueue(context, job, PREPARE[job.kind])
    return job
