"""Training of a model that is fitted to examples as they are, all at once."""

from __future__ import annotations

import resource

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import row_chunks
from core.jobs.report import JobReport
from core.jobs.rows import Rows, read_splits
from core.jobs.train.head import check
from core.jobs.train.outputs import create_matrix, open_matrix, sample_of_train, whole_model, write_predictions
from core.jobs.train.spec import SplitScores, TrainJobSpec, TrainResult
from core.modalities.fitted import Fitted, Learner
from core.modalities.heavy import heavy_modality
from core.modalities.watched import watched
from core.queue import JobFolder, ProgressWriter
from core.targets.heavy import heavy_target
from core.tasks import task_named
from core.typed import to_json
from core.words import stored


def train_fitted(folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> TrainResult:
    """Fits, predicts every row, saves. Returns the result; raises UsageError where `train` has fewer than two
    classes."""
    splits, report = read_splits(folder), JobReport(folder, progress)
    train, validation = (np.flatnonzero(splits == split) for split in ("train", "validation"))
    check(rows, train)
    with report.timed("reading"):
        report.tick("reading", 0)
        half = heavy_modality(task_named(spec.about.task).modality)
        learner = half.learner(rows.payloads, len(spec.about.labels), spec.settings.seed)
    with report.timed("training"):
        report.tick("training", 0)
        fitted = watched(lambda: _fitted(learner, rows, train, validation, spec), lambda: report.tick("training", 0))
        _tell(fitted, report)
    with report.timed("predicting"):
        found = _predict(folder, learner, fitted, rows, splits, spec, report)
    with report.timed("saving"):
        report.tick("saving", 0)
        extra = {"spec": to_json(spec), "metrics": to_json(found)}
        with whole_model(folder.output) as model:
            fitted.save(model, spec.about.labels, extra)
    return _result(fitted, found, len(train), report)


def _fitted(
    learner: Learner, rows: Rows, train: NDArray[np.int64], validation: NDArray[np.int64], spec: TrainJobSpec
) -> Fitted:
    every, weights = rows.labels, None
    labels = every[train]
    if spec.settings.class_weights == "balanced":
        target = heavy_target(task_named(spec.about.task).target)
        weights = target.weights(labels, target.balanced(labels, len(spec.about.labels)))
    watched = (validation, every[validation]) if len(validation) else None
    return learner.fit(train, labels, weights=weights, watched=watched)


def _tell(fitted: Fitted, report: JobReport) -> None:
    for split, losses in fitted.curves.items():
        for step, loss in enumerate(losses, 1):
            report.metrics(step, float(step), split, {"loss": loss})


def _predict(
    folder: JobFolder,
    learner: Learner,
    fitted: Fitted,
    rows: Rows,
    splits: NDArray[np.object_],
    spec: TrainJobSpec,
    report: JobReport,
) -> dict[str, SplitScores]:
    output, classes = folder.output, len(spec.about.labels)
    create_matrix(output / "probabilities.npy", (len(rows), classes), fortran_order=True)
    probabilities = open_matrix(output / "probabilities.npy")
    for part in row_chunks(len(rows), classes):
        probabilities[part] = fitted.probabilities(np.arange(part.start, part.stop))
        report.tick("predicting", part.stop, len(rows))
    del probabilities
    sample = sample_of_train(splits, spec.settings.seed)
    np.save(output / "features.npy", learner.features[sample])
    np.save(output / "feature_rows.npy", rows.example_ids[sample])
    found = write_predictions(output, rows.example_ids, splits, rows.labels, spec.about)
    for split in ("train", "validation"):
        if split in found:
            report.metrics(fitted.rounds, float(fitted.rounds), split, found[split].told)
    return found


def _result(fitted: Fitted, found: dict[str, SplitScores], train: int, report: JobReport) -> TrainResult:
    return TrainResult(
        splits=found,
        epochs=fitted.rounds,
        steps=fitted.rounds,
        best_epoch=fitted.rounds,
        seconds=report.seconds,
        device="cpu",
        processes=1,
        precision="no",
        examples_per_second=round(train * fitted.rounds / max(1e-9, report.seconds["training"]), 2),
        peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        batch=train,
        accumulation=1,
        notes=(stored(f"It stopped after {fitted.rounds:,} rounds of trees."),),
    )
