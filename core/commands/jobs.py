"""`jobs`: what runs and what ran, newest first; and how one is ended."""

from __future__ import annotations

from typing import Literal

import click

from core.commands.command import Answer, command, table
from core.context import Context
from core.errors import UsageError
from core.records import Job
from core.services import jobs

NEWEST = 50


@command
@click.option("--stop", metavar="ID", help="ask a job to end at its next step and keep what it has")
@click.option("--cancel", metavar="ID", help="end a job within a second or so")
@click.option("--first", metavar="ID", help="have a job that waits run before all others that do")
@click.option("--up", metavar="ID", help="move a job that waits one place up in the queue")
@click.option("--down", metavar="ID", help="move it one place down")
def jobs_command(
    context: Context, stop: str | None, cancel: str | None, first: str | None, up: str | None, down: str | None
) -> Answer:
    """List the newest jobs, end one, or move one in the queue."""
    if stop is not None and cancel is not None:
        raise UsageError("A job is stopped or cancelled, not both.", "Give one of --stop and --cancel.")
    moves: tuple[tuple[Literal["first", "up", "down"], str | None], ...]
    moves = (("first", first), ("up", up), ("down", down))
    asked = [(where, job_id) for where, job_id in moves if job_id is not None]
    if asked:
        if len(asked) > 1 or stop is not None or cancel is not None:
            raise UsageError("One thing is done with one job.", "Give one of --stop, --cancel, --first, --up, --down.")
        job = jobs.move(context, asked[0][1], asked[0][0])
        return Answer(job, f"{job.title} is number {job.queue_position} of those that wait.")
    if stop is not None or cancel is not None:
        job = jobs.stop(context, stop) if stop is not None else jobs.cancel(context, str(cancel))
        return Answer(job, f"{job.title} is {job.status}.")
    found = context.queue.list(NEWEST)
    lines = [
        (job.job_id, job.kind, job.status, f"{job.created_at:%Y-%m-%d %H:%M}", job.title, job.error or _waits(job))
        for job in found
    ]
    heads = ("job", "kind", "status", "created (UTC)", "title", "cause")
    return Answer(found, table(heads, lines) if found else "No job has run yet.")


def _waits(job: Job) -> str:
    """Why it waits, and about how long still."""
    if not job.behind:
        return ""
    soon = "" if job.starts_in is None else f"in about {max(1, round(job.starts_in / 60))} min, "
    return f"starts {soon}behind {job.behind}"
