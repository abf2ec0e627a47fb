"""Records of jobs: their states and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

JobStatus = Literal["preparing", "queued", "running", "stopping", "done", "failed", "cancelled", "stopped", "lost"]

ENDED: tuple[JobStatus, ...] = ("done", "failed", "cancelled", "stopped", "lost")
"""The states that a job does not leave by itself."""
UNFINISHED: tuple[JobStatus, ...] = ("failed", "cancelled", "stopped", "lost")
"""Ended without a result: such a job may be started again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest line of a job's progress."""

    stage: str = ""
    done: float = 0
    total: float | None = None
    message: str = ""
    seconds_left: float | None = None
    """Of the whole job where it can tell, else of the stage."""

    @property
    def fraction(self) -> float | None:
        """Share done of the stage in 0–1, or None where the total is unknown."""
        return None if not self.total else min(1.0, self.done / self.total)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the queue knows it."""

    job_id: str
    kind: str
    """`load`, `scan`, `groups` …"""
    title: str
    dataset_id: str | None
    status: JobStatus
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None
    folder: str
    """Absolute path of its job folder."""
    progress: Progress
    error: str
    """Empty, or the cause of a failure in one sentence."""
    device: str
    """The device slot it holds or held: `cpu`, `cuda:0` …; empty before it starts."""
    collected: bool
    """Whether the store has taken its output in."""
    queue_position: int | None = None
    """1 is next; None when it does not wait."""
