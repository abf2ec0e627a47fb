"""A model that learns from the words of some of a job's texts and is asked about those of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.finetune.checkpoint import Checkpoints, State
from core.finetune.classifiers.classifier import Classifier
from core.finetune.loop import LoopReport
from core.finetune.place import Place
from core.finetune.tokens.loop import TaggedTexts, TagLoop
from core.finetune.tokens.tagger import by_type, load_tagger, padding_of, tag
from core.finetune.tokens.windows import Windows
from core.jobs.about import About
from core.jobs.fits.fit import Fit
from core.jobs.fits.steps import readied, take_steps
from core.jobs.rows import SpanRows
from core.records import TrainSpec


@dataclass(frozen=True, slots=True, eq=False)
class SpanTexts:
    """n texts with their spans, by position."""

    texts: Sequence[str]
    rows: SpanRows

    def part(self, rows: NDArray[np.int64]) -> SpanRows:
        """The labels of some of them."""
        spans, bounds = [self.rows.spans[row] for row in rows], [self.rows.bounds[row] for row in rows]
        return SpanRows(spans, self.rows.told[rows], bounds)

    def windows(self, classifier: Classifier, rows: NDArray[np.int64]) -> Windows:
        """Some of them as the classifier sees them."""
        preparation = classifier.preparation
        texts, bounds = [self.texts[row] for row in rows], [self.rows.bounds[row] for row in rows]
        return Windows.of(preparation.tokenizer, preparation.limit, texts, bounds)  # type: ignore[attr-defined]

    def tagged(self, classifier: Classifier, rows: NDArray[np.int64]) -> TaggedTexts:
        """Some of them with what is to be learnt of them."""
        part = self.part(rows)
        return TaggedTexts(self.windows(classifier, rows), part.spans, part.bounds)


def untrained_tagger(about: About, settings: TrainSpec) -> Classifier:
    """The model that learns, with what learns of it by the strategy."""
    classifier = load_tagger(
        settings.model, about.task, about.labels, max_tokens=settings.max_tokens, seed=settings.seed
    )
    return readied(classifier, settings)


def learn_spans(
    classifier: Classifier,
    train: TaggedTexts,
    validation: TaggedTexts,
    types: Sequence[str],
    settings: TrainSpec,
    place: Place,
    checkpoints: Checkpoints,
    report: LoopReport,
    sparing: bool = False,
) -> State:
    """`take_steps` of texts with spans."""
    padding = padding_of(classifier)
    words = np.union1d(train.windows.occurring(padding), validation.windows.occurring(padding))

    def made() -> TagLoop:
        return TagLoop(classifier, train, validation, types, settings, place, checkpoints, report, sparing)

    return take_steps(classifier, words, place, made)


def fit_words(fit: Fit, texts: SpanTexts, train: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.float32]:
    """(w, k + 1) how probable each type is, and none first, of the words of the texts `asked`, once the model has
    learnt the texts `train`. Raises Stopped once a checkpoint is saved."""
    fit.report.tell("loading the model")
    classifier = untrained_tagger(fit.about, fit.settings)
    learnt, nothing = (texts.tagged(classifier, rows) for rows in (train, train[:0]))
    types, settings = fit.about.labels, fit.settings
    learn_spans(classifier, learnt, nothing, types, settings, fit.place, fit.checkpoints, fit.report, sparing=True)
    said = tag(classifier, texts.windows(classifier, asked), fit.place, fit.report.stage("predicting"))
    return by_type(said.probabilities).astype(np.float32)
