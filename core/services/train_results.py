"""Takes what a fine-tune has come to into the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.records import Job, Metric
from core.services.context import Context
from core.services.runs.events import metrics_of
from core.store.predictions import add_predictions


def collect_train(context: Context, job: Job) -> None:
    """Takes in a finished run's summary, metrics and predictions; a second call changes nothing."""
    folder = context.queue.folder(job.job_id)
    result = folder.result()
    if job.status != "done" or result is None:
        return
    labels = folder.spec()["labels"]
    finish_run(context, job.job_id, result, metrics_of(folder), folder.output / "predictions.parquet", labels)


def finish_run(
    context: Context,
    run_id: str,
    summary: Mapping[str, Any],
    metrics: Sequence[Metric],
    predictions_parquet: Path,
    labels: Sequence[str],
) -> None:
    """Takes in what a run has come to; a second call changes nothing. Its summary, which says that it is done, goes
    last. Raises `NotFoundError` for a run that was never added."""
    if context.ledger.runs.by_id(run_id).summary:
        return
    add_predictions(context.store, run_id, predictions_parquet, labels)
    context.ledger.runs.finish(run_id, summary, metrics)
