"""Takes the tiers of a scan into the store, each as soon as the job says that it is there."""

from __future__ import annotations

import json
from typing import Any

from core.queue import JobFolder, read_events
from core.records import Job
from core.services.context import Context
from core.store.scans import add_tier


def take_tiers(context: Context, job: Job) -> None:
    """Takes in every finished tier that has not been taken in yet. A second call changes nothing."""
    folder = context.queue.folder(job.job_id)
    finished = {int(event["order"]): event for event in read_events(folder) if event["event"] == "tier"}
    for order in range(context.queue.parts_collected(job.job_id), max(finished, default=-1) + 1):
        _take(context, job, folder, finished[order])
        context.queue.mark_part_collected(job.job_id, order + 1)


def _take(context: Context, job: Job, folder: JobFolder, event: dict[str, Any]) -> None:
    spec = folder.spec()
    tier = folder.output / str(event["order"])
    add_tier(
        context.store,
        job_id=job.job_id,
        dataset_id=spec["dataset_id"],
        version_id=spec["version_id"],
        tier=event["tier"],
        tier_order=int(event["order"]),
        settings=spec,
        summary=json.loads((tier / "summary.json").read_text(encoding="utf-8")),
        by=job.created_by,
        issues_parquet=tier / "issues.parquet",
        final=bool(event["final"]),
    )
