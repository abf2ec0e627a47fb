"""Whether cleaning helped where labels are spans: heads on words, scored by whole entities."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.errors import UsageError
from core.evaluation.spans.effect import compare_spans
from core.finetune.place import Place
from core.finetune.tokens.decoding import tags_of, word_tags
from core.finetune.tokens.tagger import Tagged, load_tagger, tag
from core.finetune.tokens.windows import Windows
from core.heads.link import SOFTMAX
from core.heads.objective import Features
from core.jobs.cleaning_effect.draws import OUT, Draw
from core.jobs.cleaning_effect.head import Learner, Steps
from core.jobs.cleaning_effect.span_draws import changed_spans
from core.jobs.cleaning_effect.spec import CleaningEffectResult, CleaningEffectSpec
from core.jobs.rows import Rows, read_rows, read_splits
from core.queue import JobFolder, ProgressWriter
from core.records import ARMS, Arm, EffectScoring, ReviewedRows, TestLabels
from core.targets.spans.form import Span, spans_of
from core.targets.spans.tokens import bounds_of, of_characters, of_tokens
from core.words import stored

LEARNT = 40_000
"""Words at most that heads are solved on: all that are in a span, whichever way they are labelled, and others drawn at
random."""
Labelled = list[tuple[Span, ...] | None]
"""Of each row; None for one that review excluded."""
Found = dict[Arm, list[list[list[Span]]]]
"""What the models of each arm find in the test rows, by seed."""


@dataclass(frozen=True, slots=True, eq=False)
class SpanRowsOfBoth:
    """n rows with their spans as loaded and as reviewed."""

    rows: Rows
    texts: list[str]
    given: Labelled
    reviewed: Labelled
    bounds: list[NDArray[np.int64]]
    """(w, 2) of each row: where its words are; none is cut by a span of either."""
    train: NDArray[np.int64]
    test: NDArray[np.int64]

    def counted(self, split: NDArray[np.int64]) -> ReviewedRows:
        """What review did to the rows of a split."""
        excluded = sum(self.reviewed[row] is None for row in split)
        changed = sum(self.reviewed[row] != self.given[row] for row in split)
        return ReviewedRows(len(split), changed - excluded, excluded)


def effect_of_spans(folder: JobFolder, progress: ProgressWriter, spec: CleaningEffectSpec) -> CleaningEffectResult:
    """Trains every model, scores it on both sets of test labels, and compares. Raises UsageError where there is nothing
    to learn."""
    begun = time.monotonic()
    rows = _read(folder, spec)
    for labels, words in ((rows.given, "as given"), (rows.reviewed, "as reviewed")):
        if not any(labels[row] for row in rows.train):
            raise UsageError(
                f"By their labels {words}, the rows to learn from have no span.",
                "Take a version whose train split has some.",
            )
    found, notes = _by_heads(folder, progress, spec, rows)
    scorings = [_score(rows, found, labels_from, spec.about.labels, progress) for labels_from in ("given", "reviewed")]
    return CleaningEffectResult(
        train=rows.counted(rows.train),
        test=rows.counted(rows.test),
        scorings=tuple(scorings),
        notes=tuple(notes),
        seconds=round(time.monotonic() - begun, 2),
        device=device_name(device()),
    )


def _read(folder: JobFolder, spec: CleaningEffectSpec) -> SpanRowsOfBoth:
    rows = read_rows(folder, spec.about.task, spec.about.media, len(spec.about.labels))
    columns = pq.read_table(folder.input / "rows.parquet", columns=["spans", "reviewed_spans", "tokens"]).to_pydict()
    texts = rows.payloads.take(slice(None))
    given, reviewed = (
        [None if one is None else spans_of(one) for one in columns[name]] for name in ("spans", "reviewed_spans")
    )
    bounds = [
        np.array(bounds_of(tokens, text, (*(one or ()), *(other or ()))), np.int64).reshape(-1, 2)
        for tokens, text, one, other in zip(columns["tokens"], texts, given, reviewed, strict=True)
    ]
    splits = read_splits(folder)
    train, test = (np.flatnonzero(splits == split) for split in ("train", "test"))
    return SpanRowsOfBoth(rows, texts, given, reviewed, bounds, train, test)


def _by_heads(
    folder: JobFolder, progress: ProgressWriter, spec: CleaningEffectSpec, rows: SpanRowsOfBoth
) -> tuple[Found, list[str]]:
    """As `predict_by_heads`, with words as the rows: each weighs what its text weighs in a draw."""
    types, seeds = list(spec.about.labels), range(spec.seeds)
    notes: list[str] = []
    lengths = [len(rows.bounds[row]) for row in rows.train]
    features = _features(progress, spec, rows, np.concatenate([rows.train, rows.test]))
    drawn = [_draw(rows, types, seed) for seed in seeds]
    chosen, total = _chosen([one for _, arms in drawn for one in arms.values()], spec.settings.seed)
    if len(chosen) < total:
        notes.append(stored(f"The heads learnt from a sample of {len(chosen):,} of {total:,} words."))
    text = np.repeat(np.arange(len(rows.train)), lengths)[chosen]
    draws = [Draw(times[text], {arm: tags[chosen] for arm, tags in arms.items()}) for times, arms in drawn]
    classes, steps = len(tags_of(types)), Steps(progress)
    learner = Learner(Features.of(torch.from_numpy(features[chosen]).to(device())), classes, False, SOFTMAX)
    digests = rows.rows.payloads.digests[rows.train][text]
    l2 = learner.penalty(draws[0].labels["given"], digests, folder.path, steps.of("choosing the penalty"))
    heads = learner.fit(draws, l2, steps.of(f"training {len(seeds) * len(ARMS)} heads"))
    tested, known = torch.from_numpy(features[sum(lengths) :]).to(heads.device), learner.features
    seen = Features(tested, known.mean, known.scale, False).rows(slice(None))
    bounds = [rows.bounds[row] for row in rows.test]
    said, featureless = [], np.empty((len(seen), 0), np.float32)
    for place, head in enumerate(heads):
        progress.update("predicting", place, len(heads))
        said.append(Tagged(SOFTMAX.predict(seen @ head).cpu().numpy(), featureless).spans(bounds, types)[0])
    return {arm: said[place :: len(ARMS)] for place, arm in enumerate(ARMS)}, notes


def _features(
    progress: ProgressWriter, spec: CleaningEffectSpec, rows: SpanRowsOfBoth, chosen: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(w, d) of the words of some rows: what the last layer of the model gets."""
    settings = spec.settings
    progress.update("loading the model", 0)
    classifier = load_tagger(
        settings.model, spec.about.task, spec.about.labels, max_tokens=settings.max_tokens, seed=settings.seed
    )
    preparation = classifier.preparation
    texts, bounds = [rows.texts[row] for row in chosen], [rows.bounds[row] for row in chosen]
    windows = Windows.of(preparation.tokenizer, preparation.limit, texts, bounds)  # type: ignore[attr-defined]
    return tag(classifier, windows, Place(device()), progress.stage("encoding")).features


def _draw(
    rows: SpanRowsOfBoth, types: Sequence[str], seed: int
) -> tuple[NDArray[np.int64], dict[Arm, NDArray[np.int64]]]:
    """One seed's resample of the training rows (n,), and the tags of their words (w,) in each arm, `OUT` for those of
    rows that are left out."""
    generator, train = np.random.default_rng(seed), rows.train
    times = np.bincount(generator.integers(len(train), size=len(train)), minlength=len(train))
    bounds = [rows.bounds[row] for row in train]
    tuples = [tuple((start, stop) for start, stop in one.tolist()) for one in bounds]
    given, reviewed = (
        [
            None if labels[row] is None else tuple(of_tokens(labels[row] or (), own))
            for row, own in zip(train, tuples, strict=True)
        ]
        for labels in (rows.given, rows.reviewed)
    )
    lengths = [len(one) for one in bounds]
    random = changed_spans([one or () for one in given], reviewed, lengths, types, generator)
    tags = {}
    for arm, labels in zip(ARMS, (given, reviewed, random), strict=True):
        spans = [of_characters(one or (), own) for one, own in zip(labels, tuples, strict=True)]
        out = np.repeat([one is None for one in labels], lengths)
        tags[arm] = np.where(out, OUT, word_tags(spans, bounds, types))
    return times, tags


def _chosen(tags: Sequence[NDArray[np.int64]], seed: int) -> tuple[NDArray[np.int64], int]:
    """Words to learn from, ascending, and how many there are in all."""
    within = np.any([one > 0 for one in tags], axis=0)
    others = np.flatnonzero(~within)
    room = max(int(within.sum()), LEARNT - int(within.sum()))
    if len(others) > room:
        others = np.random.default_rng(seed).choice(others, room, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(within), others])), len(within)


def _score(
    rows: SpanRowsOfBoth, found: Found, labels_from: TestLabels, types: Sequence[str], progress: ProgressWriter
) -> EffectScoring:
    """On the test rows that have a label in this set."""
    labels = rows.given if labels_from == "given" else rows.reviewed
    kept = [place for place, row in enumerate(rows.test) if labels[row] is not None]
    true = [labels[rows.test[place]] or () for place in kept]
    scored = {arm: [[one[place] for place in kept] for one in models] for arm, models in found.items()}
    report = progress.stage(f"intervals on the test labels as {labels_from}")
    return EffectScoring(labels_from, len(kept), compare_spans(true, scored, types, report))
