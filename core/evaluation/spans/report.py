"""Precision, recall and F1 of whole entities: right is one whose start, stop and type are those of a true one.

The figures and the shape of the report are seqeval's (and so conlleval's); intervals are by the bootstrap of documents,
since entities of one document are not drawn apart from each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.bootstrap import RESAMPLES, SEED
from core.evaluation.bootstrap import intervals as percentiles
from core.evaluation.confusion import Integers, Sums
from core.evaluation.metrics import Floats, f1_scores, share
from core.evaluation.spans.entities import Documents, Entities, occurs, types_in
from core.proportions import unseen
from core.records import Interval, Scores

AVERAGES = ("micro avg", "macro avg", "weighted avg")
_CELLS = 1 << 22
"""Draws of documents held at a time."""


@dataclass(frozen=True, slots=True)
class ScoreIntervals:
    """95 % intervals of the three figures."""

    precision: Interval
    recall: Interval
    f1: Interval


@dataclass(frozen=True, slots=True)
class EntityReport:
    """What seqeval's `classification_report` has, and how sure each figure is."""

    types: dict[str, Scores]
    averages: dict[str, Scores]
    """By `AVERAGES`; support is that of all types together."""
    intervals: dict[str, ScoreIntervals]
    """By type and by average."""


def entity_report(true: Documents, predicted: Documents, types: Sequence[str] | None = None) -> EntityReport:
    """Of n documents each. Types that occur nowhere are left out, as seqeval does; without `types` they are sorted."""
    present = set(types_in(true, predicted))
    names = tuple(sorted(present)) if types is None else tuple(name for name in types if name in present)
    counts = document_counts(Entities.of(true, names), Entities.of(predicted, names), len(names))
    whole = counts.sum(0)
    figures = scores(whole[None])[0]
    rows = [*names, *AVERAGES]
    support = [*whole[1].tolist(), *[int(whole[1].sum())] * len(AVERAGES)]
    named = {
        name: Scores(float(p), float(r), float(f), int(n))
        for name, (p, r, f), n in zip(rows, figures, support, strict=True)
    }
    ends = _intervals(counts, whole, figures)
    return EntityReport(
        {name: named[name] for name in names},
        {name: named[name] for name in AVERAGES},
        dict(zip(rows, ends, strict=True)),
    )


def document_counts(true: Entities, predicted: Entities, types: int) -> Integers:
    """(n, 3, k) entities that are right, true, predicted, by document and type."""
    hits, size = predicted.take(occurs(predicted.whole, true.whole)), true.documents * types
    columns = [
        np.bincount(one.document * types + one.type, minlength=size).reshape(true.documents, types)
        for one in (hits, true, predicted)
    ]
    return np.stack(columns, 1)


def scores(counts: Integers) -> Floats:
    """(r, k + 3, 3) precision, recall and F1 of each type and average, of counts (r, 3, k) as `document_counts` has
    them, added up."""
    hits, support, found = (counts[:, place] for place in range(3))
    by_type = np.stack([share(hits, found), share(hits, support), f1_scores(Sums(hits, support, found))], axis=-1)
    all_hits, all_support, all_found = (one.sum(1) for one in (hits, support, found))
    micro = np.stack(
        [share(all_hits, all_found), share(all_hits, all_support), share(2 * all_hits, all_support + all_found)], -1
    )
    macro = by_type.sum(1) / max(1, by_type.shape[1])
    weighted = np.einsum("rk,rkf->rf", support, by_type) / np.maximum(1, all_support)[:, None]
    return np.concatenate([by_type, micro[:, None], macro[:, None], weighted[:, None]], axis=1)


def _intervals(counts: Integers, whole: Integers, figures: Floats) -> list[ScoreIntervals]:
    """Of every figure (k + 3, 3). Where all resamples are alike, as where all is right, what as many entities leave
    open."""
    # Documents with the same counts are alike: drawing documents is one multinomial draw over the different ones.
    patterns, repeats = np.unique(counts.reshape(len(counts), -1), axis=0, return_counts=True)
    generator, batch = np.random.default_rng(SEED), max(1, _CELLS // max(1, len(patterns)))
    drawn = []
    for start in range(0, RESAMPLES, batch):
        size = min(batch, RESAMPLES - start)
        weights = generator.multinomial(len(counts), repeats / max(1, len(counts)), size=size)
        drawn.append(scores((weights @ patterns).reshape(size, *counts.shape[1:])))
    ends = percentiles(np.concatenate(drawn).reshape(RESAMPLES, -1))
    seen = np.maximum(whole[1], whole[2])
    of_row = np.concatenate([seen, np.repeat(seen.sum(), len(AVERAGES))])
    widths = np.repeat(unseen(np.maximum(1, of_row)), 3)
    widened = [
        (low, high) if low != high else (max(0.0, low - width), min(1.0, high + width))
        for (low, high), width in zip(ends, widths.tolist(), strict=True)
    ]
    return [ScoreIntervals(*widened[place : place + 3]) for place in range(0, figures.size, 3)]
