"""Training on labels that are numbers: the last layer alone, by ridge regression, or a model that is fitted at once.

What is learnt and said is in the labels' own units: whoever loads the model reads its one output as it is.
"""

from __future__ import annotations

import resource
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.errors import UsageError
from core.evaluation.numbers import scores
from core.finetune.memory.freeing import peak
from core.heads.refitted_numbers import refitted_numbers
from core.heads.ridge import out_of_sample_numbers, solve_line
from core.jobs.head_models import head_model
from core.jobs.report import JobReport
from core.jobs.rows import Rows, read_splits
from core.jobs.train.outputs import sample_of_train, whole_model
from core.jobs.train.spec import SplitScores, TrainJobSpec, TrainResult
from core.modalities.heavy import heavy_modality
from core.modalities.watched import watched
from core.queue import JobFolder, ProgressWriter
from core.targets.number.facts import OUTPUT
from core.targets.number.form import written
from core.targets.number.residuals import Spread, right_labels
from core.tasks import task_named
from core.typed import JsonObject, to_json
from core.words import stored

FOLDS = 5
LEAST_HELD = 30
"""Rows of validation that tell how far labels lie from predictions."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of rows, and of which it kept what."""

    predicted: Floats
    features: NDArray[np.float32]
    """(t, d) of the sample of `train`."""
    spread: Spread


def train_numbers(folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> TrainResult:
    """Learns, predicts every row, saves. Returns the result; raises UsageError where `train` has fewer than two
    numbers."""
    at_once = task_named(spec.about.task).modality.fine_tuning.at_once
    return (_Trees if at_once else _Head)(folder, progress, spec, rows).run()


class _Training(ABC):
    def __init__(self, folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> None:
        self.folder, self.spec, self.rows = folder, spec, rows
        self.splits, self.report = read_splits(folder), JobReport(folder, progress)
        self.task, self.seed = task_named(spec.about.task), spec.settings.seed
        self.train = np.flatnonzero((self.splits == "train") & np.isfinite(rows.labels))
        self.content = np.unique(rows.payloads.digests, return_inverse=True)[1].astype(np.int64)
        self.sample = sample_of_train(self.splits, self.seed)

    def run(self) -> TrainResult:
        check_numbers(self.rows, self.train)
        said, rest = self.learn()
        with self.report.timed("predicting"):
            output, rows, predicted = self.folder.output, self.rows, said.predicted
            np.save(output / "probabilities.npy", np.asfortranarray(predicted[:, None].astype(np.float32)))
            found = write_numbers(output, rows.example_ids, self.splits, rows.labels, predicted, said.spread)
            np.save(self.folder.output / "features.npy", said.features)
            np.save(self.folder.output / "feature_rows.npy", self.rows.example_ids[self.sample])
        for split in ("train", "validation"):
            if split in found:
                self.report.metrics(rest["steps"], float(rest["steps"]), split, found[split].told)
        with self.report.timed("saving"):
            self.report.tick("saving", 0)
            self.save(extra_of(self.spec, found, said.spread))
        spent = self.report.seconds.get("training", 0.0) + self.report.seconds.get("solving", 0.0)
        return TrainResult(
            splits=found,
            epochs=rest["steps"],
            best_epoch=rest["steps"],
            seconds=self.report.seconds,
            processes=1,
            precision="no",
            examples_per_second=round(len(self.train) * rest["steps"] / max(1e-9, spent), 2),
            batch=len(self.train),
            accumulation=1,
            **rest,
        )

    @abstractmethod
    def learn(self) -> tuple[Said, dict[str, Any]]:
        """What the model says, and what the result tells of how it was learnt."""

    @abstractmethod
    def save(self, extra: JsonObject) -> None:
        """Writes the model that was learnt."""


class _Head(_Training):
    def learn(self) -> tuple[Said, dict[str, Any]]:
        report, labels = self.report, self.rows.labels
        with report.timed("loading"):
            report.tick("loading the model", 0)
            self.model = head_model(self.spec.settings, (OUTPUT,), self.task)
        with report.timed("encoding"):
            embeddings = self.model.embed(self.rows.payloads, self.spec.about.arrays, report.stage("encoding"))
        with report.timed("solving"):
            learnt, content = embeddings[self.train], self.content[self.train]
            folds = min(FOLDS, len(np.unique(content)))
            unseen = out_of_sample_numbers(
                learnt, labels[self.train], content, folds=folds, seed=self.seed, tick=report.stage("solving")
            ).predicted
            weights = right_labels(unseen, labels[self.train])
            self.line = solve_line(learnt, labels[self.train], content, seed=self.seed, weights=weights)
        notes = (
            stored(
                "How firmly the regression is kept from learning rows by heart was chosen on rows of train that it had "
                f"not seen (L2 penalty {self.line.l2:.1e}). Labels that are probably wrong count less."
            ),
        )
        said = Said(
            self.line.predict(embeddings),
            self.model.given(embeddings[self.sample]),
            Spread.fitted(unseen, labels[self.train]),
        )
        return said, {"steps": 1, "device": device_name(device()), "peak_memory": peak(device()), "notes": notes}

    def save(self, extra: JsonObject) -> None:
        with whole_model(self.folder.output) as saved:
            self.model.write(saved, (OUTPUT,), self.line, extra)


class _Trees(_Training):
    def learn(self) -> tuple[Said, dict[str, Any]]:
        report, labels = self.report, self.rows.labels
        with report.timed("reading"):
            report.tick("reading", 0)
            learner = heavy_modality(self.task.modality).learner(self.rows.payloads, 0, self.seed)
        with report.timed("training"):
            held = np.flatnonzero((self.splits == "validation") & np.isfinite(labels))
            given = (held, labels[held]) if len(held) else None
            self.fitted = watched(
                lambda: learner.fit(self.train, labels[self.train], watched=given), lambda: report.tick("training", 0)
            )
            for split, losses in self.fitted.curves.items():
                for step, loss in enumerate(losses, 1):
                    report.metrics(step, float(step), split, {"loss": loss})
            masked = np.where(np.isin(np.arange(len(labels)), self.train), labels, np.nan)
            folds = min(FOLDS, len(np.unique(self.content[self.train])))
            unseen = refitted_numbers(
                learner, masked, self.content, folds=folds, seed=self.seed, repeats=1, tick=report.stage("training")
            ).predicted[self.train]
        everyone = np.arange(len(labels))
        said = Said(
            self.fitted.probabilities(everyone)[:, 0].astype(np.float64),
            learner.features[self.sample],
            Spread.fitted(unseen, labels[self.train]),
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        notes = (stored(f"It stopped after {self.fitted.rounds:,} rounds of trees."),)
        return said, {"steps": self.fitted.rounds, "device": "cpu", "peak_memory": memory, "notes": notes}

    def save(self, extra: JsonObject) -> None:
        with whole_model(self.folder.output) as saved:
            self.fitted.save(saved, (OUTPUT,), extra)


def check_numbers(rows: Rows, train: NDArray[np.int64]) -> None:
    """Raises UsageError where `train` has nothing to tell apart."""
    present = len(np.unique(rows.labels[train]))
    if present < 2 or len(np.unique(rows.payloads.digests[train])) < 2:
        raise UsageError(
            f"The split train has {len(train):,} rows of {present} number: nothing to tell apart.",
            "Training needs different rows with at least two different numbers.",
        )


def write_numbers(
    output: Path,
    example_ids: NDArray[np.int64],
    splits: NDArray[np.object_],
    labels: Floats,
    predicted: Floats,
    spread: Spread,
) -> dict[str, SplitScores]:
    """Writes predictions.parquet: the numbers (m,) as texts, and as their confidence half of the interval that holds
    nine labels of ten. Returns the scores of each split over its rows with a label."""
    columns = {
        "example_id": example_ids,
        "split": pa.array(splits, pa.string()),
        "predicted": pa.array([written(one) for one in predicted.tolist()], pa.string()),
        "confidence": spread.half(predicted).astype(np.float32),
    }
    pq.write_table(pa.table(columns), output / "predictions.parquet")
    found: dict[str, SplitScores] = {}
    told = np.isfinite(labels)
    for split in dict.fromkeys(splits[told].tolist()):
        own = (splits == split) & told
        figures = scores(labels[own], predicted[own])
        found[split] = SplitScores(int(own.sum()), figures["rmse"] ** 2, **figures)
    return found


def write_learnt(
    output: Path, example_ids: NDArray[np.int64], splits: NDArray[np.object_], labels: Floats
) -> tuple[dict[str, SplitScores], Spread]:
    """The same of what a loop has left in probabilities.npy (m, 1). The spread is that of validation, where it has
    enough rows; else that of train, which is too narrow."""
    predicted = np.load(output / "probabilities.npy", mmap_mode="r")[:, 0].astype(np.float64)
    held = (splits == "validation") & np.isfinite(labels)
    if held.sum() < LEAST_HELD:
        held = np.isin(splits, ("validation", "train")) & np.isfinite(labels)
    spread = Spread.fitted(predicted[held], labels[held])
    return write_numbers(output, example_ids, splits, labels, predicted, spread), spread


def extra_of(spec: TrainJobSpec, found: dict[str, SplitScores], spread: Spread) -> JsonObject:
    """What winnow.json says beside a model of numbers: `spread` is what an interval around a prediction is made of."""
    return {"spec": to_json(spec), "metrics": to_json(found), "spread": asdict(spread)}
