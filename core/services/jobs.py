"""What the page and the command line do with jobs: list, look into, stop, cancel, start again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.context import Context
from core.errors import JobError
from core.jobs import submit
from core.jobs.registry import KINDS
from core.records import UNFINISHED, Job, JobStatus
from core.services.collect import take_in

Shown = Literal["all", "under way", "done", "not done"]
STATES: Mapping[Shown, tuple[JobStatus, ...]] = {
    "all": (),
    "under way": ("preparing", "queued", "running", "stopping"),
    "done": ("done",),
    "not done": UNFINISHED,
}
"""Which states each choice shows; none: every one."""


KIND_NAMES = tuple(KINDS)


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of the list of all jobs, newest first."""

    total: int
    jobs: tuple[Job, ...]


def list_jobs(
    context: Context, limit: int, offset: int = 0, *, show: Shown = "all", kind: str | None = None
) -> JobPage:
    """`limit` jobs from `offset` on, newest first: of that state and kind alone where they are named."""
    count, jobs = context.queue.found(STATES[show], kind, limit, offset)
    return JobPage(count, tuple(jobs))


def has_jobs(context: Context) -> bool:
    """Whether any job has been started in this workspace."""
    return context.queue.count() > 0


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
    return job.kind in KINDS and context.queue.can_restart(job.job_id)


def is_untaken(context: Context, job: Job) -> bool:
    """Whether the job came to its end and only its result could not be taken in."""
    return job.status == "failed" and context.queue.is_untaken(job.job_id)


def goes_on(context: Context, job: Job) -> bool:
    """Whether a job that is started again goes on from a checkpoint, or from models that it has finished."""
    output = context.queue.folder(job.job_id).output
    return any(output.glob("checkpoint/*")) or any(output.glob("seed-*.npy"))


def move(context: Context, job_id: str, where: Literal["first", "up", "down"]) -> Job:
    """Gives a job that waits another place in the queue. Raises JobError where it cannot have it."""
    return context.queue.move(job_id, where)


def restart(context: Context, job_id: str) -> Job:
    """Starts a job again with the same settings; what it had made so far is kept. One whose result could not be taken
    in is not run again, as long as it is there: its result is taken in. Raises JobError where it cannot."""
    job = context.queue.get(job_id)
    if is_untaken(context, job) and any(context.queue.folder(job_id).output.rglob("*")):
        return take_in(context, job_id)
    if not can_restart(context, job):
        raise JobError(f"Job {job_id} ({job.kind}, {job.status}) cannot be started again.", "Start a new one.")
    return submit.restart(context, job_id, KINDS[job.kind])
