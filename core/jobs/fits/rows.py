"""A model that learns from some of a job's rows and is asked about others, by the labels of whole rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.finetune.checkpoint import Checkpoints, State
from core.finetune.classifiers.classifier import Classifier, load_classifier
from core.finetune.examples import Examples
from core.finetune.forward import forward
from core.finetune.loop import Loop, LoopReport
from core.finetune.place import Place
from core.jobs.about import About
from core.jobs.examples import JobExamples
from core.jobs.fits.fit import Fit
from core.jobs.fits.solved_head import begins_solved, solve_head
from core.jobs.fits.steps import readied, take_steps
from core.jobs.rows import Rows
from core.modalities.heavy import heavy_modality
from core.records import TrainSpec
from core.targets import Labels
from core.targets.number.facts import OUTPUT
from core.tasks import task_named


def names_of(about: About) -> tuple[str, ...]:
    """What a model has an output for: the classes, or the number."""
    return (OUTPUT,) if task_named(about.task).target.numeric else about.labels


def scale_of(labels: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation of the labels (n,) that are learnt from, NaN for none."""
    told = labels[np.isfinite(labels)]
    return (float(told.mean()), float(told.std()) or 1.0) if len(told) else (0.0, 1.0)


def scaled(labels: NDArray[np.float64], scale: tuple[float, float]) -> NDArray[np.float32]:
    """Numbers as they are learnt: less their mean, in standard deviations."""
    middle, unit = scale
    return ((labels - middle) / unit).astype(np.float32)


def untrained(about: About, settings: TrainSpec, rows: Rows) -> Classifier:
    """The model that learns, with what learns of it by the strategy."""
    task = task_named(about.task)
    classifier = load_classifier(
        settings.model,
        task.name,
        names_of(about),
        max_tokens=settings.max_tokens,
        seed=settings.seed,
        side=heavy_modality(task.modality).input_size(rows.payloads),
    )
    return readied(classifier, settings)


def learn(
    classifier: Classifier,
    train: Examples,
    validation: Examples,
    words: NDArray[np.int64] | None,
    digests: NDArray[np.bytes_],
    settings: TrainSpec,
    place: Place,
    checkpoints: Checkpoints,
    report: LoopReport,
    unit: float = 1.0,
    sparing: bool = False,
) -> State:
    """`take_steps` of rows; `digests`: of the contents of those to learn from."""

    def made() -> Loop:
        return Loop(classifier, train, validation, settings, place, checkpoints, report, unit, sparing)

    def first() -> None:
        if begins_solved(classifier, settings) and not checkpoints.any:
            solve_head(classifier, train, digests, settings, place, report)

    return take_steps(classifier, words, place, made, first)


def fit_rows(
    fit: Fit, rows: Rows, train: NDArray[np.int64], labels: Labels, asked: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(m, k) what a model says of the rows `asked` once it has learnt the rows `train`, as if they had the `labels`:
    probabilities, or one number. Raises Stopped once a checkpoint is saved."""
    report = fit.report
    report.tell("loading the model")
    classifier = untrained(fit.about, fit.settings, rows)
    examples = JobExamples(classifier, rows, fit.about.arrays, report.stage, fit.place.device)
    numeric = task_named(fit.about.task).target.numeric
    scale = scale_of(labels) if numeric else (0.0, 1.0)
    learnt = Examples(scaled(labels, scale) if numeric else labels, examples.of(train).inputs)
    nothing, words = examples.of(train[:0]), examples.words(train)
    learn(
        classifier,
        learnt,
        nothing,
        words,
        rows.payloads.digests[train],
        fit.settings,
        fit.place,
        fit.checkpoints,
        report,
        scale[1],
        sparing=True,
    )
    told = examples.of(asked)
    found = np.empty((len(asked), len(classifier.labels)), np.float32)
    for output in forward(classifier, told, np.arange(len(asked)), fit.place):
        found[output.rows] = output.probabilities
        report.tell("predicting")
    return found * np.float32(scale[1]) + np.float32(scale[0]) if numeric else found
