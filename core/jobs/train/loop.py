"""The strategies `last` and `full`: the loop of `core.finetune` on a job's rows, in each process of accelerate's."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from core.finetune.checkpoint import Checkpoints, State
from core.finetune.classifiers.classifier import Classifier
from core.finetune.examples import Examples
from core.finetune.forward import forward
from core.finetune.memory.freeing import peak
from core.finetune.place import Place
from core.finetune.precision import followed_precision
from core.jobs.examples import JobExamples
from core.jobs.fits.rows import learn, scale_of, scaled, untrained
from core.jobs.report import JobReport
from core.jobs.rows import Rows, read_splits
from core.jobs.train.numbers import check_numbers, write_learnt
from core.jobs.train.outputs import (
    create_matrix,
    open_matrix,
    sample_of_train,
    whole_model,
    write_predictions,
)
from core.jobs.train.spec import SplitScores, TrainJobSpec, TrainResult
from core.queue import JobFolder, ProgressWriter
from core.queue.accelerate_config import config_of
from core.records import TrainSpec
from core.targets.arrays import distinct
from core.targets.number.residuals import Spread
from core.tasks import task_named
from core.typed import to_json
from core.words import stored


def fine_tune(folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> TrainResult | None:
    """Trains, predicts, saves. Returns the result, None in every process but the first; raises Stopped once a
    checkpoint is saved."""
    return _FineTune(folder, progress, spec, rows).run()


class _FineTune:
    def __init__(self, folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> None:
        self.folder, self.spec, self.rows = folder, spec, rows
        self.splits = read_splits(folder)
        self.settings = spec.settings
        config = config_of(folder)
        self.target = task_named(spec.about.task).target
        self.scale = scale_of(rows.labels[self.splits == "train"]) if self.target.numeric else None
        self.precision = followed_precision(self.settings.precision, config.precision if config else "auto")
        self.place = Place.of(self.precision)
        self.report = JobReport(folder, progress, self.place.rank, self.place.processes)
        self.checkpoints = Checkpoints(folder.output / "checkpoint")

    def run(self) -> TrainResult | None:
        self.spread: Spread | None = None
        train, validation = (np.flatnonzero(self.splits == split) for split in ("train", "validation"))
        self._check(train)
        with self.report.timed("loading"):
            self.report.tick("loading the model", 0)
            classifier = untrained(self.spec.about, self.settings, self.rows)
        with self.report.timed("preparing"), self.place.first_before_others():
            arrays, where = self.spec.about.arrays, self.place.device
            examples = JobExamples(classifier, self._learnt(), arrays, self.report.stage, where)
        with self.report.timed("training"):
            state = learn(
                classifier,
                examples.of(train),
                examples.of(validation),
                examples.words(np.concatenate([train, validation])),
                self.rows.payloads.digests[train],
                self.settings,
                self.place,
                self.checkpoints,
                self.report,
                unit=1.0 if self.scale is None else self.scale[1],
            )
        if self.scale is not None:
            classifier.stretch(*self.scale)
        with self.report.timed("predicting"):
            found = self._predict(classifier, examples.of(np.arange(len(self.rows))))
        if not self.place.first:
            return None
        result = result_of(state, self.settings, self.place, self.precision, self.report.seconds, found)
        with self.report.timed("saving"):
            self.report.tick("saving", 0)
            extra = {"spec": to_json(self.spec), "metrics": to_json(found)}
            extra |= {} if self.spread is None else {"spread": asdict(self.spread)}
            with whole_model(self.folder.output) as model:
                classifier.save(model, extra)
            self.checkpoints.clear()
        return result

    def _learnt(self) -> Rows:
        """The rows with their labels as they are learnt: of numbers less their mean, in standard deviations."""
        if self.scale is None:
            return self.rows
        return replace(self.rows, labels=scaled(self.rows.labels, self.scale))

    def _check(self, train: NDArray[np.int64]) -> None:
        if self.target.numeric:
            check_numbers(self.rows, train)
            return
        present = len(distinct(self.rows.labels[train])[0])
        if present < 2:
            raise UsageError(
                f"The split train has {len(train):,} rows of {present} class: nothing to tell apart.",
                "Training needs rows of at least two classes.",
            )

    def _predict(self, classifier: Classifier, examples: Examples) -> dict[str, SplitScores]:
        """Each process writes its share of the rows into the same two files."""
        sample = sample_of_train(self.splits, self.settings.seed)
        chosen = np.sort(np.concatenate([np.flatnonzero(self.splits != "train"), sample]))
        output, width = self.folder.output, classifier.head().in_features
        paths = output / "probabilities.npy", output / "features.npy"
        if self.place.first:
            create_matrix(paths[0], (len(chosen), len(classifier.labels)), fortran_order=True)
            create_matrix(paths[1], (len(sample), width), fortran_order=False)
            np.save(output / "feature_rows.npy", self.rows.example_ids[sample])
        self.place.wait()
        probabilities, features = (open_matrix(path) for path in paths)
        lengths = examples.lengths
        done, share = 0.0, float(lengths[chosen].sum()) / self.place.processes
        self.report.tick("predicting", 0, share)
        for found in forward(classifier, examples, chosen, self.place):
            probabilities[np.searchsorted(chosen, found.rows)] = found.probabilities
            kept = self.splits[found.rows] == "train"
            features[np.searchsorted(sample, found.rows[kept])] = found.features[kept]
            done += float(lengths[found.rows].sum())  # the longest come first
            self.report.tick("predicting", min(done, share), share)
        for matrix in (probabilities, features):
            matrix.flush()  # type: ignore[attr-defined]
        self.place.wait()
        if not self.place.first:
            return {}
        example_ids, splits, labels = (
            all_of[chosen] for all_of in (self.rows.example_ids, self.splits, self.rows.labels)
        )
        if self.target.numeric:
            scored, self.spread = write_learnt(output, example_ids, splits, labels)
            return scored
        return write_predictions(output, example_ids, splits, labels, self.spec.about)


def result_of(
    state: State,
    settings: TrainSpec,
    place: Place,
    wanted: str,
    seconds: dict[str, float],
    found: dict[str, SplitScores],
) -> TrainResult:
    """What a loop that came to its end says of itself; `wanted` is the precision that was asked for."""
    assert settings.batch
    micro = min([settings.batch, *state.micro])
    notes = list(state.notes)
    if wanted not in ("auto", "no", place.precision):
        notes.append(stored(f"Trained in full precision: {wanted} needs a GPU that supports it."))
    return TrainResult(
        splits=found,
        epochs=state.epoch,
        steps=state.step,
        best_epoch=state.best_epoch or state.epoch,
        seconds=seconds,
        device=place.name,
        processes=state.processes,
        precision=place.precision,
        examples_per_second=round(state.examples / max(1e-9, state.seconds), 2),
        peak_memory=peak(place.device),
        batch=micro,
        accumulation=settings.accumulation * -(-settings.batch // micro),
        notes=tuple(notes),
    )
