"""A run that has ended, as its job and the taking in leave it: for tests of what is shown afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.context import Context
from core.jobs.label_column import label_column
from core.jobs.train.spec import TrainResult
from core.jobs.train.web import finish_run
from core.records import Dataset, Metric, Run, TrainSpec
from core.targets.arrays import most_probable
from core.tasks import task_named
from core.typed import to_json

RESULT = TrainResult(
    splits={},
    epochs=0,
    steps=0,
    best_epoch=0,
    seconds={"encoding": 1.5, "solving": 0.25},
    device="cpu",
    processes=1,
    precision="float32",
    examples_per_second=90.0,
    peak_memory=None,
    batch=32,
    accumulation=1,
)
"""What a run says of itself, but its scores."""


def finished_run(
    context: Context,
    dataset: Dataset,
    probabilities: NDArray[np.float32],
    splits: Sequence[str],
    *,
    labels: Sequence[str] | None = None,
    metrics: Sequence[Metric] = (),
    keep_probabilities: bool = True,
    reported: Mapping[str, Mapping[str, float]] | None = None,
) -> Run:
    """The run that predicts row i, of `splits[i]`, with the probabilities (rows, k) of its row i; `reported` are the
    scores of splits that its result names."""
    job = context.queue.start_local("train", "a run", {}, dataset.dataset_id, "ann")
    names = tuple(labels or dataset.labels)
    run = context.ledger.runs.add(
        run_id=job.job_id,
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        title="MiniLM, head",
        spec=to_json(TrainSpec(model="minilm", strategy="head")),
        labels=names,
        by="ann",
    )
    output = context.queue.folder(run.run_id).output
    if keep_probabilities:
        np.save(output / "probabilities.npy", np.asfortranarray(probabilities, np.float32))
    target = task_named(dataset.task).target
    predicted, confidence = most_probable(probabilities, target.several)
    predictions = pa.table(
        {
            "example_id": pa.array(range(len(probabilities)), pa.int64()),
            "split": list(splits),
            "predicted": label_column(target, predicted, names),
            "confidence": pa.array(confidence, pa.float32()),
        }
    )
    pq.write_table(predictions, output / "predictions.parquet")
    summary = to_json(RESULT) | {"splits": dict(reported or {})}
    finish_run(context, run.run_id, summary, metrics, output / "predictions.parquet", names)
    context.queue.finish_local(job.job_id, "done")
    return context.ledger.runs.get(dataset.dataset_id, run.run_id)
