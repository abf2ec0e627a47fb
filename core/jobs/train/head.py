"""The strategy `head`: solves the last layer on cached embeddings, in seconds.

A stopped run keeps what it has encoded, so that starting it again costs only the rest.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.arrays.disk_backed import row_chunks
from core.errors import UsageError
from core.finetune.memory.freeing import peak
from core.heads.solve import Solved, solve
from core.jobs.head_models import HeadModel, head_model
from core.jobs.report import JobReport
from core.jobs.rows import Rows, read_splits
from core.jobs.train.outputs import create_matrix, open_matrix, sample_of_train, whole_model, write_predictions
from core.jobs.train.spec import SplitScores, TrainJobSpec, TrainResult
from core.queue import JobFolder, ProgressWriter
from core.targets.arrays import distinct
from core.targets.heavy import heavy_target
from core.tasks import task_named
from core.typed import to_json
from core.words import stored


def train_head(folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> TrainResult:
    """Embeds, solves, predicts every row, saves. Returns the result; raises UsageError where `train` has fewer than two
    classes, ModelError where the model cannot be used."""
    splits, report = read_splits(folder), JobReport(folder, progress)
    train = np.flatnonzero(splits == "train")
    check(rows, train)
    with report.timed("loading"):
        report.tick("loading the model", 0)
        model = head_model(spec.settings, spec.about.labels, task_named(spec.about.task))
    with report.timed("encoding"):
        embeddings = model.embed(rows.payloads, spec.about.arrays, report.stage("encoding"))
    with report.timed("solving"):
        report.tick("solving", 0, 1.0)
        solved = _solved(embeddings, rows, train, spec, report)
    with report.timed("predicting"):
        report.tick("predicting", 0, len(rows))
        found = _predict(folder.output, model, solved, embeddings, rows, splits, spec, report)
    with report.timed("saving"):
        report.tick("saving", 0)
        extra = {"spec": to_json(spec), "metrics": to_json(found)}
        with whole_model(folder.output) as saved:
            model.write(saved, spec.about.labels, solved, extra)
    return _result(solved, found, len(train), report)


def check(rows: Rows, train: NDArray[np.int64]) -> None:
    """Raises UsageError where `train` has nothing to tell apart."""
    present = len(distinct(rows.labels[train])[0])
    if present < 2 or len(np.unique(rows.payloads.digests[train])) < 2:
        raise UsageError(
            f"The split train has {len(train):,} rows of {present} class: nothing to tell apart.",
            "Training needs different rows of at least two classes.",
        )


def _solved(
    embeddings: NDArray[np.float32], rows: Rows, train: NDArray[np.int64], spec: TrainJobSpec, report: JobReport
) -> Solved:
    """How many steps it takes is not known before: each covers a part of what is left."""
    labels, done = rows.labels[train], 0.0

    def on_step(step: int, loss: float) -> None:
        nonlocal done
        done += 0.03 * (1 - done)
        report.tick("solving", done, 1.0)
        if step:
            report.metrics(step, float(step), "train", {"loss": loss})

    classes = len(spec.about.labels)
    target = heavy_target(task_named(spec.about.task).target)
    weights = target.balanced(labels, classes) if spec.settings.class_weights == "balanced" else None
    return solve(
        embeddings[train],
        labels,
        rows.payloads.digests[train],
        classes,
        seed=spec.settings.seed,
        class_weights=weights,
        on_step=on_step,
    )


def _predict(
    output: Path,
    model: HeadModel,
    solved: Solved,
    embeddings: NDArray[np.float32],
    rows: Rows,
    splits: NDArray[np.object_],
    spec: TrainJobSpec,
    report: JobReport,
) -> dict[str, SplitScores]:
    path, classes = output / "probabilities.npy", len(spec.about.labels)
    create_matrix(path, (len(rows), classes), fortran_order=True)
    probabilities = open_matrix(path)
    for part in row_chunks(len(rows), classes + embeddings.shape[1]):
        probabilities[part] = solved.probabilities(embeddings[part])
        report.tick("predicting", part.stop, len(rows))
    del probabilities
    sample = sample_of_train(splits, spec.settings.seed)
    np.save(output / "features.npy", model.given(embeddings[sample]))
    np.save(output / "feature_rows.npy", rows.example_ids[sample])
    found = write_predictions(output, rows.example_ids, splits, rows.labels, spec.about)
    for split in ("train", "validation"):
        if split in found:
            # The loss of train is told step by step, with its penalty: another figure than the one found here.
            values = found[split].told
            values |= {"loss": found[split].loss} if split != "train" else {}
            report.metrics(solved.steps, float(solved.steps), split, values)
    return found


def _result(solved: Solved, found: dict[str, SplitScores], train: int, report: JobReport) -> TrainResult:
    notes = [
        stored(
            "How firmly the head is kept from learning rows by heart was chosen on rows of train that it had not seen "
            f"(L2 penalty {solved.l2:.1e})."
        )
    ]
    if solved.trained_rows < train:
        notes.append(stored(f"The head learnt from a sample of {solved.trained_rows:,} of {train:,} rows."))
    return TrainResult(
        splits=found,
        epochs=solved.steps,
        steps=solved.steps,
        best_epoch=solved.steps,
        seconds=report.seconds,
        device=device_name(device()),
        processes=1,
        precision="no",
        examples_per_second=round(train / max(1e-9, report.seconds["encoding"] + report.seconds["solving"]), 2),
        peak_memory=peak(device()),
        batch=train,
        accumulation=1,
        notes=tuple(notes),
    )
