"""A proof on labels that are spans of texts: a text is found where any of its words has a wrong type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.heads.out_of_sample import OutOfSample
from core.heads.words import Words, word_probabilities
from core.issues.label.flags import wrong_rows
from core.issues.label.span_share import wrong_texts
from core.issues.label.spans import find_span_issues
from core.issues.label.words import begins, text_quality, word_quality
from core.issues.signals import LabelledWords, Probabilities, Signals
from core.jobs.proof.bed import Look, Scores, Steps
from core.jobs.proof.plant_spans import SpanSoil, plant_spans
from core.jobs.proof.spec import OF_SPANS, OWN, SCAN
from core.progress import Report

ByModel = Mapping[str, OutOfSample]
Types = NDArray[np.int64]
"""(w,) of each word: 0 outside of all spans, else from 1 on."""


@dataclass(frozen=True, slots=True)
class SpanBed:
    """n texts that all have a label, whose w words are judged."""

    labels: Types
    words: LabelledWords
    """With no probabilities yet."""
    types: tuple[str, ...]
    clusters: NDArray[np.int64]
    """(n,)"""
    forms: NDArray[np.int64]
    shapes: NDArray[np.float32]
    """See `core.heads.words.Words`."""
    vectors: Mapping[str, NDArray[np.float16] | None]
    """By encoder, the best one last; None of one that knows no words."""
    right: NDArray[np.bool_]
    """(n,) texts whose spans people have confirmed."""
    wrong: NDArray[np.bool_]
    """(n,) texts whose spans people have changed."""
    folds: int = 5
    seed: int = 0
    own: Probabilities | None = None
    """(w, k + 1)"""
    scratch: Path | None = None

    @property
    def fits(self) -> int:
        """Of one copy."""
        return len(self.vectors)

    @property
    def text(self) -> NDArray[np.int64]:
        """(w,) the text of each word."""
        return np.repeat(np.arange(len(self.right)), np.diff(self.words.offsets))

    def judged(self, labels: Types, found: OutOfSample) -> LabelledWords:
        """The words with these labels."""
        return replace(self.words, labels=labels, probabilities=found.probabilities, judged=found.judged)


@dataclass(frozen=True, slots=True)
class OfSpans:
    """See `Kind`."""

    bed: SpanBed
    manners = OF_SPANS

    def judge(self, labels: Types, steps: Steps) -> ByModel:
        """By encoder."""
        return {name: steps.of(partial(_fitted, self.bed, one, labels)) for name, one in self.bed.vectors.items()}

    def look(self, judged: ByModel) -> Look:
        """By the best encoder: what the others know of a word, it knows as well."""
        bed, text = self.bed, self.bed.text
        words = bed.judged(bed.labels, _best(judged))
        finding = find_span_issues(words, bed.types)
        seen = np.ones(len(bed.right), bool)
        seen[text[~words.judged]] = False
        counts = np.zeros((len(seen), 1))
        wrong = wrong_texts(Signals.of(counts, counts, seen, known=bed.right, words=words))
        chance = np.zeros(len(seen))
        chance[wrong.rows] = wrong_rows(finding.score[wrong.rows], wrong.seen).likely
        chance[bed.wrong] = 1.0
        suspected = (finding.is_issue & ~bed.right) | bed.wrong
        free = ~suspected & seen & (np.bincount(text, bed.labels > 0, len(seen)) > 0)
        soil = SpanSoil(bed.labels, begins(words), text, words.probabilities, free)
        return Look(suspected, chance, wrong.share.estimate, free, partial(plant_spans, soil))

    def changed(self, labels: Types) -> NDArray[np.bool_]:
        """By any word."""
        return np.bincount(self.bed.text, labels != self.bed.labels, len(self.bed.right)) > 0

    def rankings(self, labels: Types, judged: ByModel) -> dict[str, Scores]:
        """By the detector's name."""
        text, best = self.bed.text, _best(judged)
        own = np.asarray(best.probabilities[np.arange(len(labels)), labels], np.float64)
        top = np.asarray(best.probabilities.max(1), np.float64)
        looks = np.where(best.probabilities.argmax(1) != labels, -top, own)
        found = {SCAN: self._scan(labels, best), "confidence": self._worst(text, own)}
        found["disagreement"] = self._worst(text, looks)
        others = list(judged.items())[:-1]  # by the best one the scan's ranking goes
        found |= {f"{SCAN}: {name}": self._scan(labels, one) for name, one in others}
        if self.bed.own is not None:
            given = replace(best, probabilities=self.bed.own, judged=np.ones(len(labels), bool))
            found[OWN] = self._scan(labels, given)
        return found

    def _scan(self, labels: Types, found: OutOfSample) -> Scores:
        words = self.bed.judged(labels, found)
        return text_quality(word_quality(words).quality, words.offsets)

    def _worst(self, text: NDArray[np.int64], of_words: NDArray[np.float64]) -> Scores:
        worst = np.ones(len(self.bed.right))
        np.minimum.at(worst, text, of_words)
        return worst


def _best(judged: ByModel) -> OutOfSample:
    return list(judged.values())[-1]


def _fitted(bed: SpanBed, vectors: NDArray[np.float16] | None, labels: Types, tick: Report) -> OutOfSample:
    return word_probabilities(
        Words(bed.words.offsets, bed.forms, bed.shapes, vectors),
        labels,
        bed.clusters,
        len(bed.types) + 1,
        folds=bed.folds,
        seed=bed.seed,
        scratch=bed.scratch,
        tick=tick,
    )
