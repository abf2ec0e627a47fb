"""`jobs`: what runs and what ran, newest first; and how one is ended."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, table
from core.context import Context
from core.errors import UsageError
from core.services import jobs

NEWEST = 50


@command
@click.option("--stop", metavar="ID", help="ask a job to end at its next step and keep what it has")
@click.option("--cancel", metavar="ID", help="end a job within a second or so")
def jobs_command(context: Context, stop: str | None, cancel: str | None) -> Answer:
    """List the newest jobs, or end one."""
    if stop is not None and cancel is not None:
        raise UsageError("A job is stopped or cancelled, not both.", "Give one of --stop and --cancel.")
    if stop is not None or cancel is not None:
        job = jobs.stop(context, stop) if stop is not None else jobs.cancel(context, str(cancel))
        return Answer(job, f"{job.title} is {job.status}.")
    found = context.queue.list(NEWEST)
    lines = [
        (job.job_id, job.kind, job.status, f"{job.created_at:%Y-%m-%d %H:%M}", job.title, job.error) for job in found
    ]
    heads = ("job", "kind", "status", "created (UTC)", "title", "cause")
    return Answer(found, table(heads, lines) if found else "No job has run yet.")
