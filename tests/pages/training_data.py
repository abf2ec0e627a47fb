"""Runs as their jobs leave them: a job folder with spec, figures, result and predictions, without the training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.context import Context
from core.finetune.settings import resolve
from core.jobs.train.web import collect_train
from core.queue import ProgressWriter
from core.records import Dataset, Run, TrainSpec
from core.store.relations import relation

STEPS, EPOCHS = 40, 4
FULL = TrainSpec(strategy="full", epochs=EPOCHS)


def begin(app: Context, dataset: Dataset, spec: TrainSpec = FULL, by: str = "ada", **more: str) -> Run:
    """A run whose job this process runs, so that it is under way until `finish` or `fail`; its spec says `more` too."""
    frozen = asdict(resolve(spec, dataset.task, dataset.row_count)) | {
        "dataset_id": dataset.dataset_id,
        "version_id": dataset.latest_version_id,
        "task": dataset.task,
        "labels": list(dataset.labels),
        "arrays": str(app.workspace.arrays),
        "media": str(app.workspace.media),
        "title": "Full fine-tune of minilm, version 1",
        **more,
    }
    job = app.queue.start_local("train", f"{frozen['title']} of {dataset.name}", frozen, dataset.dataset_id, by)
    return app.ledger.runs.add(
        run_id=job.job_id,
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        title=str(frozen["title"]),
        spec=frozen,
        labels=dataset.labels,
        by=by,
    )


def learn(app: Context, run: Run, steps: int = STEPS) -> None:
    """Writes what the job says while it learns: a loss that falls, scores that rise, a batch that was halved."""
    progress = ProgressWriter(app.queue.folder(run.run_id))
    for step in range(1, steps + 1):
        epoch = step * EPOCHS / STEPS
        rates = {"learning_rate": 1e-4 * (1 - step / STEPS), "examples_per_second": 123.0, "memory": 2.5 * 1024**3}
        rates |= {"tokens_per_second": 4567.0, "memory_total": 24.0 * 1024**3, "device_busy": 0.83}
        progress.event("metrics", step=step, epoch=epoch, split="train", values={"loss": 2 / (1 + epoch)})
        progress.event("metrics", step=step, epoch=epoch, split="", values=rates)
        if step % (STEPS // EPOCHS) == 0:
            scores = {"loss": 2.2 / (1 + epoch), "accuracy": 1 - 0.5 / epoch, "macro_f1": 1 - 0.6 / epoch}
            progress.event("metrics", step=step, epoch=epoch, split="validation", values=scores)
    progress.event("note", text="Memory ran out at a batch of 32: it goes on with 16, gradients of 2 summed.")
    progress.update("Learning", steps, STEPS)


def finish(app: Context, run: Run, accuracy: float = 0.9) -> None:
    """Ends the run with a result and predictions, of which `accuracy` of each class are right."""
    folder = app.queue.folder(run.run_id)
    rows = app.store.fetch(
        f"""SELECT example_id, label, coalesce(split, 'test') FROM {relation(app.store, run.version_id)}
            ORDER BY example_id"""
    )
    true = np.array([run.labels.index(label) for _, label, _ in rows])
    wrong = np.random.default_rng(run.number).random(len(rows)) > accuracy
    predicted = np.where(wrong, (true + 1) % len(run.labels), true)
    probabilities = np.full((len(rows), len(run.labels)), 0.2 / (len(run.labels) - 1), np.float32, order="F")
    probabilities[np.arange(len(rows)), predicted] = 0.8
    np.save(folder.output / "probabilities.npy", probabilities)
    table = {
        "example_id": pa.array([row for row, *_ in rows], pa.int64()),
        "split": [split for *_, split in rows],
        "predicted": pa.array(predicted, pa.int32()),
        "confidence": pa.array(np.full(len(rows), 0.8), pa.float32()),
    }
    pq.write_table(pa.table(table), folder.output / "predictions.parquet")
    folder.write_result(_result(rows, ~wrong))
    collect_train(app, app.queue.finish_local(run.run_id, "done"))


def fail(app: Context, run: Run, cause: str) -> None:
    app.queue.finish_local(run.run_id, "failed", cause)


def _result(rows: list[tuple[Any, ...]], right: np.ndarray[Any, np.dtype[np.bool_]]) -> Mapping[str, Any]:
    splits = {}
    for name in sorted({split for *_, split in rows}):
        share = float(np.mean([hit for (*_, split), hit in zip(rows, right, strict=True) if split == name]))
        count = sum(split == name for *_, split in rows)
        splits[name] = {"rows": count, "accuracy": share, "macro_f1": share, "loss": 0.3}
    return {
        "splits": splits,
        "epochs": EPOCHS,
        "steps": STEPS,
        "best_epoch": 3,
        "seconds": {"learning": 12.4, "predicting": 1.3},
        "device": "cpu",
        "processes": 1,
        "precision": "no",
        "examples_per_second": 123.0,
        "peak_memory": int(2.5 * 1024**3),
        "batch": 16,
        "accumulation": 2,
        "notes": [],
    }
