"""Takes what a comparison of labels has found into the store."""

from __future__ import annotations

from datetime import UTC, datetime

from core.records import Job
from core.services.context import Context


def collect_cleaning(context: Context, job: Job) -> None:
    """Takes in what a comparison that is done has found; a second call changes nothing."""
    folder = context.queue.folder(job.job_id)
    result = folder.result()
    if job.status != "done" or result is None:
        return
    spec = folder.spec()
    context.ledger.effects.add(
        effect_id=job.job_id,
        dataset_id=spec["dataset_id"],
        version_id=spec["version_id"],
        settings=spec,
        summary=result,
        by=job.created_by,
        at=datetime.now(UTC),
    )
