"""How a job's state is said: its mark, how it ended, how long ago it was made."""

from __future__ import annotations

from datetime import datetime

from core.records import Job, JobStatus
from core.services.runs.time_in_words import duration
from core.words import later, say

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
STATES: dict[JobStatus, str] = {
    "preparing": later("preparing"),
    "queued": later("queued"),
    "running": later("running"),
    "stopping": later("stopping"),
    "done": later("done"),
    "failed": later("failed"),
    "cancelled": later("cancelled"),
    "stopped": later("stopped"),
    "lost": later("lost"),
}
KINDS: dict[str, str] = {
    "load": later("load", "kind of job"),
    "hub": later("hub", "kind of job"),
    "groups": later("groups", "kind of job"),
    "split": later("split", "kind of job"),
    "scan": later("scan", "kind of job"),
    "train": later("train", "kind of job"),
    "cleaning_effect": later("cleaning effect", "kind of job"),
    "predict": later("predict", "kind of job"),
    "map": later("map", "kind of job"),
    "mask": later("masking", "kind of job"),
    "masked_rows": later("masking for SQL", "kind of job"),
    "proof": later("proof", "kind of job"),
    "mitigation": later("mitigation", "kind of job"),
    "export": later("export", "kind of job"),
}


def mark(status: JobStatus) -> str:
    """The state's icon in its colour, as Markdown."""
    icon, colour = MARKS[status]
    return f":{colour}[:material/{icon}:]"


def how_it_ended(job: Job) -> str:
    """`done after 1 min 20 s`; of a job that never started, its state alone."""
    if job.started_at is None or job.ended_at is None:
        return state_said(job.status)
    took = duration((job.ended_at - job.started_at).total_seconds())
    return say("{status} after {time}", status=state_said(job.status), time=took)


def state_said(status: JobStatus) -> str:
    """`done`, `queued`, …"""
    return say(STATES[status])


def kind_said(kind: str) -> str:
    """`scan`, `cleaning effect`, …"""
    return say(KINDS.get(kind, kind.replace("_", " ")), "kind of job")


def ago(moment: datetime, now: datetime) -> str:
    """`1 min 30 s ago`."""
    return say("{time} ago", time=duration((now - moment).total_seconds()))
