"""Fine-tunes of labels that are spans: the last layer alone, or layers step by step, in one process.

What stands in the result's scores is whether rows have a type at all, as of several classes; how good whole spans are
is said in the metrics of validation, and by an evaluation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.errors import UsageError
from core.evaluation.spans.report import entity_report
from core.finetune.classifiers.classifier import Classifier
from core.finetune.losses import row_losses
from core.finetune.memory.freeing import peak
from core.finetune.scores import scores
from core.finetune.tokens.decoding import word_tags
from core.finetune.tokens.learning import Hearing, Learnt, learn
from core.finetune.tokens.tagger import Tagged, load_tagger, tag
from core.finetune.tokens.windows import Windows
from core.heads.solve import solve
from core.jobs.report import JobReport
from core.jobs.rows import Rows, SpanRows, read_spans, read_splits
from core.jobs.train.outputs import sample_of_train, whole_model
from core.jobs.train.spec import SplitScores, TrainJobSpec, TrainResult
from core.queue import JobFolder, ProgressWriter, Stopped
from core.records import TrainSpec
from core.targets.spans.form import written
from core.targets.spans.heavy import balanced
from core.tasks import task_named
from core.typed import to_json
from core.words import stored

SOLVED = 60_000
"""Words at most that a head is solved on: all in spans, and others drawn at random."""


def train_spans(folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> TrainResult:
    """Learns, predicts, saves. Raises Stopped where it was asked to stop: it then begins anew."""
    return _Tagging(folder, progress, spec, rows).run()


class _Tagging:
    def __init__(self, folder: JobFolder, progress: ProgressWriter, spec: TrainJobSpec, rows: Rows) -> None:
        self.folder, self.spec, self.rows, self.settings = folder, spec, rows, spec.settings
        self.report, self.splits = JobReport(folder, progress), read_splits(folder)
        self.types = list(spec.about.labels)
        self.texts = rows.payloads.take(slice(None))
        self.spans = read_spans(folder, self.texts)
        self.where = device()

    def run(self) -> TrainResult:
        told = self.spans.told
        train, validation = (np.flatnonzero((self.splits == split) & told) for split in ("train", "validation"))
        if not any(self.spans.spans[row] for row in train):
            raise UsageError(
                f"The split train has {len(train):,} rows and no span: nothing to learn.",
                "Training needs rows with spans.",
            )
        with self.report.timed("loading"):
            self.report.tick("loading the model", 0)
            settings = self.settings
            classifier = load_tagger(
                settings.model,
                self.spec.about.task,
                self.types,
                max_tokens=settings.max_tokens,
                seed=settings.seed,
            )
            classifier.freeze(settings.strategy, settings.last_layers)
        with self.report.timed("training"):
            learnt = self._learn(classifier, train, validation)
        sample = sample_of_train(self.splits, self.settings.seed)
        chosen = np.sort(np.concatenate([np.flatnonzero(self.splits != "train"), sample]))
        with self.report.timed("predicting"):
            said = tag(classifier, self._windows(classifier, chosen), self.where, self.report.stage("predicting"))
            found = self._write(chosen, sample, said)
        with self.report.timed("saving"):
            extra = {"spec": to_json(self.spec), "metrics": to_json(found)}
            with whole_model(self.folder.output) as model:
                classifier.save(model, extra)
        return self._result(found, learnt, len(train))

    def _windows(self, classifier: Classifier, rows: NDArray[np.int64]) -> Windows:
        preparation = classifier.preparation
        texts, bounds = [self.texts[row] for row in rows], [self.spans.bounds[row] for row in rows]
        return Windows.of(preparation.tokenizer, preparation.limit, texts, bounds)  # type: ignore[attr-defined]

    def _learn(self, classifier: Classifier, train: NDArray[np.int64], validation: NDArray[np.int64]) -> Learnt:
        windows, part = self._windows(classifier, train), self._part(train)
        tags = word_tags(part.spans, part.bounds, self.types)
        watched = self._windows(classifier, validation) if len(validation) else None
        truth = self._part(validation)

        def score(epoch: int, steps: float) -> float:
            if watched is None:
                return float(epoch)
            said = tag(classifier, watched, self.where)
            predicted, _ = said.spans(truth.bounds, self.types)
            found = entity_report(truth.spans, predicted, self.types).averages
            micro, macro = found["micro avg"], found["macro avg"]
            own = said.probabilities[np.arange(watched.words), word_tags(truth.spans, truth.bounds, self.types)]
            loss = float(-np.log(np.maximum(own, 1e-12)).mean()) if watched.words else 0.0
            values = {"loss": loss, "entity_f1": micro.f1, "precision": micro.precision, "recall": micro.recall}
            self.report.metrics(int(steps), float(epoch), "validation", values | {"macro_f1": macro.f1})
            return -loss if self.settings.metric == "loss" else micro.f1

        if self.settings.strategy == "head":
            features = tag(classifier, windows, self.where, self.report.stage("encoding")).features
            steps = learn_head(classifier, features, tags, self._texts_of(part), self.settings, self._solving)
            score(1, float(steps))
            return Learnt(steps, steps, steps)

        def step(number: int, steps: int, epoch: float, loss: float) -> bool:
            if number % 10 == 0 or number == steps:
                self.report.metrics(number, epoch, "train", {"loss": loss})
            return self.report.progress("training", number, steps, f"epoch {int(epoch - 1e-9) + 1}")

        learnt = learn(classifier, windows, tags, self.settings, self.where, Hearing(step, score))
        if learnt.stopped:
            raise Stopped
        return learnt

    def _solving(self, step: int, loss: float) -> None:
        self.report.tick("solving", step / (step + 30), 1.0)
        if step:
            self.report.metrics(step, float(step), "train", {"loss": loss})

    def _part(self, rows: NDArray[np.int64]) -> SpanRows:
        spans, bounds = [self.spans.spans[row] for row in rows], [self.spans.bounds[row] for row in rows]
        return SpanRows(spans, self.spans.told[rows], bounds)

    def _texts_of(self, part: SpanRows) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(part.bounds)), np.diff(part.offsets))

    def _write(self, chosen: NDArray[np.int64], sample: NDArray[np.int64], said: Tagged) -> dict[str, SplitScores]:
        """predictions.parquet, probabilities.npy (of a row's likeliest word), the features (the mean of its words)."""
        part, output = self._part(chosen), self.folder.output
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

    def _result(self, found: dict[str, SplitScores], learnt: Learnt, train: int) -> TrainResult:
        notes = []
        if 0 < learnt.best_epoch < learnt.epochs:
            notes.append(stored(f"Epoch {learnt.best_epoch} found the spans of validation best: its weights are kept."))
        settings, spent = self.settings, self.report.seconds["training"]
        passes = 1 if settings.strategy == "head" else learnt.epochs
        return TrainResult(
            splits=found,
            epochs=learnt.epochs,
            steps=learnt.steps,
            best_epoch=learnt.best_epoch,
            seconds=self.report.seconds,
            device=device_name(self.where),
            processes=1,
            precision="no",
            examples_per_second=round(train * passes / max(1e-9, spent), 2),
            peak_memory=peak(self.where),
            batch=settings.batch or train,
            accumulation=settings.accumulation,
            notes=tuple(notes),
        )


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
