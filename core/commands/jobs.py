"""`jobs`: what runs and what ran, newest first."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from core.commands.command import Answer, Command, table
from core.services.context import Context

NEWEST = 50


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _run(context: Context, options: Namespace) -> Answer:
    del options
    jobs = context.queue.list(NEWEST)
    lines = [
        (job.job_id, job.kind, job.status, f"{job.created_at:%Y-%m-%d %H:%M}", job.title, job.error) for job in jobs
    ]
    text = table(("job", "kind", "status", "created (UTC)", "title", "cause"), lines) if jobs else "No job has run yet."
    return Answer(jobs, text)


JOBS = Command("jobs", f"List the newest {NEWEST} jobs.", _arguments, _run)
