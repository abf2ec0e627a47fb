"""A dataset whose labels are several classes each, and runs that have predicted it: for tests of what comes after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.context import Context
from core.jobs.train.web import finish_run
from core.records import Dataset, Metric, Reader, Run, Schema
from core.sql import literal
from core.store.datasets import get_dataset
from core.store.ingest.ingest import ingest
from tests.staged import staged

TASK = "multi-label-text"
CLASSES = ("corn", "grain", "ship", "wheat")


def text_form(classes: Sequence[str]) -> str:
    return json.dumps(sorted(classes), ensure_ascii=False, separators=(",", ":"))


def texts_of(indicators: NDArray[np.integer], classes: Sequence[str] = CLASSES) -> list[str]:
    """The text form of each row of (n, k) 0 and 1."""
    return [text_form([classes[place] for place in np.flatnonzero(row)]) for row in indicators]


def tagged(
    context: Context,
    folder: Path,
    indicators: NDArray[np.integer],
    *,
    classes: Sequence[str] = CLASSES,
    name: str = "cables",
) -> Dataset:
    """Row i is a text of the classes of row i of the indicators (n, k), from a Parquet file with a column of lists."""
    labels = [[classes[place] for place in np.flatnonzero(row)] for row in indicators]
    texts = [f"Cable {row}: {' and '.join(own) or 'nothing of note'}" for row, own in enumerate(labels)]
    file = folder / f"{name}.parquet"
    pq.write_table(pa.table({"text": texts, "tags": pa.array(labels, pa.list_(pa.string()))}), file)
    schema = Schema(task=TASK, payload="text", label="tags", attributes=())
    made = ingest(
        context.store,
        staged(Reader(sql=f"read_parquet({literal(str(file))})"), schema),
        schema,
        name=name,
        source="test",
        licence="",
        by="ann",
        on_progress=lambda done, total: None,
        stopped=lambda: False,
    )
    return get_dataset(context.store, made.dataset_id)


def tagged_run(
    context: Context,
    dataset: Dataset,
    probabilities: NDArray[np.float32],
    splits: Sequence[str],
    *,
    labels: Sequence[str] | None = None,
    metrics: Sequence[Metric] = (),
    keep_probabilities: bool = True,
) -> Run:
    """The run that predicts row i, of `splits[i]`, with the probabilities (n, k) of its row i: a class from 0.5 on."""
    job = context.queue.start_local("train", "a run", {}, dataset.dataset_id, "ann")
    names = tuple(labels or dataset.labels)
    run = context.ledger.runs.add(
        run_id=job.job_id,
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        title="MiniLM, head",
        spec={"model": "minilm", "strategy": "head"},
        labels=names,
        by="ann",
    )
    output = context.queue.folder(run.run_id).output
    if keep_probabilities:
        np.save(output / "probabilities.npy", np.asfortranarray(probabilities, np.float32))
    predictions = pa.table(
        {
            "example_id": pa.array(range(len(probabilities)), pa.int64()),
            "split": list(splits),
            "predicted": texts_of((probabilities >= 0.5).astype(np.int8), names),
            "confidence": pa.array(np.maximum(probabilities, 1 - probabilities).min(axis=1), pa.float32()),
        }
    )
    pq.write_table(predictions, output / "predictions.parquet")
    finish_run(context, run.run_id, {"splits": {}}, metrics, output / "predictions.parquet", names)
    context.queue.finish_local(job.job_id, "done")
    return context.ledger.runs.get(dataset.dataset_id, run.run_id)
