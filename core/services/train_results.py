"""Takes what a fine-tune has come to into the store."""

from __future__ import annotations

from core.records import Job
from core.services.context import Context
from core.services.runs.events import metrics_of
from core.store.runs import finish_run


def collect_train(context: Context, job: Job) -> None:
    """Takes in a finished run's summary, metrics and predictions; a second call changes nothing."""
    folder = context.queue.folder(job.job_id)
    result = folder.result()
    if job.status != "done" or result is None:
        return
    labels = folder.spec()["labels"]
    finish_run(context.store, job.job_id, result, metrics_of(folder), folder.output / "predictions.parquet", labels)
