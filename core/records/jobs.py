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
    share: float | None = None
    """What is done of the whole job in 0–1, which never falls; None where nothing tells what is still to come."""
    steady: bool = True
    """Whether the time left has stopped moving about."""

    @property
    def fraction(self) -> float | None:
        """Share done in 0–1: of the whole job where it can tell, else of the stage; None where neither is known."""
        if self.share is not None:
            return self.share
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
    behind: str = ""
    """The title of the job after whose end it starts, where it waits for one."""
    starts_in: float | None = None
    """Seconds until its likely start, where it waits and that can be told."""
    estimate: float | None = None
    """Seconds that it was foreseen to take; None where nothing told."""
