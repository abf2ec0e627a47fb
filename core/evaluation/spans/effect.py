"""Models that learnt from different spans, several of each, scored on the same documents by whole entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.evaluation.bootstrap import RESAMPLES, SEED
from core.evaluation.confusion import Integers
from core.evaluation.effect import Scored, compared
from core.evaluation.effect_words import OF_SPANS
from core.evaluation.metrics import Floats
from core.evaluation.spans.entities import Documents, Entities
from core.evaluation.spans.report import document_counts, scores
from core.progress import Report
from core.records import Arm, ArmComparison

BATCH = 16
"""Resamples that are counted at a time."""


def compare_spans(
    true: Documents, predictions: Mapping[Arm, Sequence[Documents]], types: Sequence[str], on_progress: Report
) -> tuple[ArmComparison, ...]:
    """`core.evaluation.effect.compare_arms` for n documents whose entities are `true`: what each model of an arm
    predicts, by its seed. Rows that are drawn again are documents; classes are types."""
    arms = list(predictions)
    given = Entities.of(true, types)
    models = [
        document_counts(given, Entities.of(found, types), len(types)) for arm in arms for found in predictions[arm]
    ]
    counts = np.stack(models, 1)
    support = counts[:, 0, 1].sum(0)
    scored = Scored(tuple(OF_SPANS), _figures(counts.sum(0)), _resamples(counts), support)
    return compared(scored, arms, types, len(true), on_progress)


def _figures(counts: Integers) -> Floats:
    """(..., 2 + k) F1 of all entities, its mean over the types, and F1 of each type, of counts (..., 3, k)."""
    found = scores(counts.reshape(-1, *counts.shape[-2:]))[..., 2]
    types = counts.shape[-1]
    ordered = np.concatenate([found[:, types : types + 2], found[:, :types]], axis=1)
    return ordered.reshape(*counts.shape[:-2], -1)


def _resamples(counts: Integers) -> Iterator[Floats]:
    """(models, 2 + k) `RESAMPLES` times, of as many documents drawn with replacement; counts (n, models, 3, k)."""
    patterns, repeats = np.unique(counts.reshape(len(counts), -1), axis=0, return_counts=True)
    generator = np.random.default_rng(SEED)
    for start in range(0, RESAMPLES, BATCH):
        size = min(BATCH, RESAMPLES - start)
        weights = generator.multinomial(len(counts), repeats / len(counts), size=size)
        # As floats, whose product is many times faster than that of integers, and exact for counts of this size.
        drawn = weights.astype(np.float64) @ patterns.astype(np.float64)
        yield from _figures(drawn.astype(np.int64).reshape(size, *counts.shape[1:]))
