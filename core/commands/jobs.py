"""`jobs`: what runs and what ran, newest first."""

from __future__ import annotations

from core.commands.command import Answer, command, table
from core.context import Context

NEWEST = 50


@command
def jobs_command(context: Context) -> Answer:
    """List the newest jobs."""
    jobs = context.queue.list(NEWEST)
    lines = [
        (job.job_id, job.kind, job.status, f"{job.created_at:%Y-%m-%d %H:%M}", job.title, job.error) for job in jobs
    ]
    text = table(("job", "kind", "status", "created (UTC)", "title", "cause"), lines) if jobs else "No job has run yet."
    return Answer(jobs, text)
