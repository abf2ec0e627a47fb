"""A row of the job table and its job folder as the `Job` that everybody else sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from core.queue.folder import JobFolder
from core.queue.progress import read_progress
from core.queue.table import Row
from core.queue.waiting import Wait
from core.records import Job, Progress


def job_record(row: Row, folder: JobFolder, waiting: Sequence[str] = (), wait: Wait | None = None) -> Job:
    """`waiting`: the ids of the jobs that wait for a device slot, next first; `wait`: what it waits for, if it does."""
    job_id = row["job_id"]
    return Job(
        job_id=job_id,
        kind=row["kind"],
        title=row["title"],
        dataset_id=row["dataset_id"],
        status=row["status"],
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        created_by=row["created_by"],
        started_at=_moment(row["started_at"]),
        ended_at=_moment(row["ended_at"]),
        folder=str(folder.path),
        progress=Progress() if row["status"] == "queued" else read_progress(folder),
        error=row["error"],
        device=row["device"],
        collected=bool(row["collected"]),
        queue_position=waiting.index(job_id) + 1 if job_id in waiting else None,
        behind=wait.behind if wait else "",
        starts_in=wait.seconds if wait else None,
        estimate=row["estimate"],
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
