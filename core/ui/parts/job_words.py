"""How a job's state is said: its mark, how it ended, how long ago it was made."""

from __future__ import annotations

from datetime import datetime

from core.records import Job, JobStatus

MARKS: dict[JobStatus, tuple[str, str]] = {
    "preparing": ("hourglass_top", "gray"),
    "queued": ("schedule", "gray"),
    "running": ("progress_activity", "primary"),
    "stopping": ("block", "orange"),
    "done": ("check_circle", "green"),
    "failed": ("error", "red"),
    "cancelled": ("block", "gray"),
    "stopped": ("stop_circle", "gray"),
    "lost": ("link_off", "orange"),
}
"""Icon and colour of each state; the state's name stands beside them, so neither is needed to understand it."""


def mark(status: JobStatus) -> str:
    """The state's icon in its colour, as Markdown."""
    icon, colour = MARKS[status]
    return f":{colour}[:material/{icon}:]"


def how_it_ended(job: Job) -> str:
    """`done after 1 min 20 s`; of a job that never started, its state alone."""
    if job.started_at is None or job.ended_at is None:
        return job.status
    return f"{job.status} after {duration((job.ended_at - job.started_at).total_seconds())}"


def ago(moment: datetime, now: datetime) -> str:
    """`1 min 30 s ago`."""
    return f"{duration((now - moment).total_seconds())} ago"


def duration(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
