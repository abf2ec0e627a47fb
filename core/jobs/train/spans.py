"""Fine-tunes of labels that are spans: the last layer alone, or layers step by step, in each process of accelerate's.

What stands in the result's scores is whether rows have a type at all, as of several classes; how good whole spans are
is said in the metrics of validation, and by an evaluation.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.device import device
from core.errors import UsageError
from core.finetune.checkpoint import Checkpoints
from core.finetune.classifiers.classifier import Classifier
from core.finetune.losses import row_losses
from core.finetune.memory.freeing import peak
from core.finetune.place import Place
from core.finetune.precision import followed_precision
from core.finetune.scores import scores
from core.finetune.tokens.loop import TaggedTexts
from core.finetune.tokens.tagger import Tagged, tag
from core.heads.solve import solve
from core.jobs.fits.words import SpanTexts, learn_spans, untrained_tagger
from core.jobs.report import JobReport
from core.jobs.rows import Rows, read_spans, read_splits
from core.jobs.train.loop import result_of
from core.jobs.train.outputs import sample_of_train, whole_model
from core.jobs.train.spec import SplitScores, TrainJobSpec, TrainResult
from core.queue import JobFolder, ProgressWriter
from core.queue.accelerate_config import config_of
from core.records import TrainSpec
from core.targets.spans.form import written
from core.targets.spans.heavy import balanced
from core.tasks import task_named
from core.typed import to_json
from core.words import stored

SOLVED = 60_000
"""Words at most that a head is solved on: all in spans, and others drawn at random."""


def train_spans(folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> TrainResult | None:
    """Learns, predicts, saves. Returns the result, None in every process but the first; raises Stopped once a
    checkpoint is saved, where steps are learnt."""
    return _Tagging(folder, progress, spec, rows).run()


class _Tagging:
    def __init__(self, folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> None:
        self.folder, self.spec, self.rows, self.settings = folder, spec, rows, spec.settings
        self.splits = read_splits(folder)
        self.types = list(spec.about.labels)
        self.texts = rows.payloads.take(slice(None))
        self.spans = read_spans(folder, self.texts)
        self.tagged = SpanTexts(self.texts, self.spans)
        config = config_of(folder)
        self.precision = followed_precision(self.settings.precision, config.precision if config else "auto")
        self.place = Place(device()) if self.settings.strategy == "head" else Place.of(self.precision)
        self.report = JobReport(folder, progress, self.place.rank, self.place.processes)
        self.checkpoints = Checkpoints(folder.output / "checkpoint")

    def run(self) -> TrainResult | None:
        told = self.spans.told
        train, validation = (np.flatnonzero((self.splits == split) & told) for split in ("train", "validation"))
        if not any(self.spans.spans[row] for row in train):
            raise UsageError(
                f"The split train has {len(train):,} rows and no span: nothing to learn.",
                "Training needs rows with spans.",
            )
        with self.report.timed("loading"):
            self.report.tick("loading the model", 0)
            classifier = untrained_tagger(self.spec.about, self.settings)
        learn = self._solve if self.settings.strategy == "head" else self._loop
        with self.report.timed("training"):
            result = learn(classifier, *(self.tagged.tagged(classifier, rows) for rows in (train, validation)))
        sample = sample_of_train(self.splits, self.settings.seed)
        chosen = np.sort(np.concatenate([np.flatnonzero(self.splits != "train"), sample]))
        with self.report.timed("predicting"):
            said = tag(classifier, self.tagged.windows(classifier, chosen), self.place, self.report.stage("predicting"))
        if not self.place.first:
            return None
        with self.report.timed("predicting"):
            found = self._write(chosen, sample, said)
        with self.report.timed("saving"):
            self.report.tick("saving", 0)
            extra = {"spec": to_json(self.spec), "metrics": to_json(found)}
            with whole_model(self.folder.output) as model:
                classifier.save(model, extra)
            self.checkpoints.clear()
        return replace(result, splits=found, seconds=self.report.seconds)

    def _loop(self, classifier: Classifier, train: TaggedTexts, validation: TaggedTexts) -> TrainResult:
        """Step by step, from the last checkpoint where there is one."""
        state = learn_spans(
            classifier, train, validation, self.types, self.settings, self.place, self.checkpoints, self.report
        )
        if 0 < state.best_epoch < state.epoch:
            best = state.best_epoch
            state.notes.append(stored(f"Epoch {best} found the spans of validation best: its weights are kept."))
        return result_of(state, self.settings, self.place, self.precision, {}, {})

    def _solve(self, classifier: Classifier, train: TaggedTexts, validation: TaggedTexts) -> TrainResult:
        """The last layer at once."""
        begun = time.monotonic()
        features = tag(classifier, train.windows, self.place, self.report.stage("encoding")).features
        texts = np.repeat(np.arange(len(train.bounds)), [len(one) for one in train.bounds])
        steps = learn_head(classifier, features, train.tags(self.types), texts, self.settings, self._solving)
        if validation.bounds:
            said = tag(classifier, validation.windows, self.place)
            self.report.metrics(steps, float(steps), "validation", validation.figures(said, self.types))
        return TrainResult(
            splits={},
            epochs=steps,
            steps=steps,
            best_epoch=steps,
            seconds={},
            device=self.place.name,
            processes=1,
            precision="no",
            examples_per_second=round(len(train.bounds) / max(1e-9, time.monotonic() - begun), 2),
            peak_memory=peak(self.place.device),
            batch=self.settings.batch or len(train.bounds),
            accumulation=self.settings.accumulation,
        )

    def _solving(self, step: int, loss: float) -> None:
        self.report.tick("solving", step / (step + 30), 1.0)
        if step:
            self.report.metrics(step, float(step), "train", {"loss": loss})

    def _write(self, chosen: NDArray[np.int64], sample: NDArray[np.int64], said: Tagged) -> dict[str, SplitScores]:
        """predictions.parquet, probabilities.npy (of a row's likeliest word), the features (the mean of its words)."""
        part, output = self.tagged.part(chosen), self.folder.output
        predicted, confidence = said.spans(part.bounds, self.types)
        probabilities, features = said.of_rows(part.bounds)
        np.save(output / "probabilities.npy", np.asfortranarray(probabilities))
        np.save(output / "features.npy", features[np.searchsorted(chosen, sample)])
        np.save(output / "feature_rows.npy", self.rows.example_ids[sample])
        columns = {
            "example_id": self.rows.example_ids[chosen],
            "split": pa.array(self.splits[chosen], pa.string()),
            "predicted": pa.array([written(one) for one in predicted], pa.string()),
            "confidence": confidence,
        }
        pq.write_table(pa.table(columns), output / "predictions.parquet")
        guessed = task_named(self.spec.about.task).target.encode([written(one) for one in predicted], self.types)
        labels, splits = self.rows.labels[chosen], self.splits[chosen]
        found: dict[str, SplitScores] = {}
        for split in dict.fromkeys(splits[part.told].tolist()):
            own = (splits == split) & part.told
            loss = row_losses(probabilities[own], labels[own])
            found[split] = SplitScores(int(own.sum()), **scores(labels[own], guessed[own], loss))
        return found


def learn_head(
    classifier: Classifier,
    features: NDArray[np.float32],
    tags: NDArray[np.int64],
    texts: NDArray[np.int64],
    spec: TrainSpec,
    on_step: Callable[[int, float], None],
) -> int:
    """Solves the last layer on features (w, d), with words of a text (w,) in one fold; returns the steps."""
    within, without = np.flatnonzero(tags > 0), np.flatnonzero(tags == 0)
    size = max(len(within), SOLVED - len(within))
    if len(without) > size:
        without = np.random.default_rng(spec.seed).choice(without, size, replace=False)
    chosen = np.sort(np.concatenate([within, without]))
    count = len(classifier.labels)
    weights = balanced(tags[chosen], count) if spec.class_weights == "balanced" else None
    content = texts[chosen].astype("S20")
    solved = solve(
        features[chosen], tags[chosen], content, count, seed=spec.seed, class_weights=weights, on_step=on_step
    )
    classifier.set_head(solved.weight, solved.bias)
    return solved.steps
