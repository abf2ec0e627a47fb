"""Out-of-sample probabilities of what each word of a text is: outside of all spans (class 0), or of a type.

Most words are outside. Heads learn from all words in spans and from a few times as many of the others, drawn at random,
and what was left out is added to their logits afterwards: the probabilities are those of all words, at a fraction of
the cost, and rare types are not drowned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.arrays.device import device
from core.arrays.disk_backed import empty, row_chunks
from core.heads.calibration import temperature
from core.heads.folds import assign_folds, unseen_rows
from core.heads.head import Curvature
from core.heads.heads import Heads
from core.heads.link import SOFTMAX, log_loss
from core.heads.objective import Features
from core.heads.out_of_sample import OutOfSample
from core.heads.penalty import best_penalty
from core.progress import Report, unheard

OUTSIDE = 0
REPEAT_UP_TO, REPEATS = 200_000, 2
"""Words up to which the texts are cut into folds more than once, and how often: a second time raised average precision
of wrong sentences from .62 to .63."""
RATIO, LEAST_OUTSIDE, MOST = 4, 8_000, 200_000
"""Words outside of spans that heads learn from, for each one within, but so many at least; and words of either kind at
most."""
SHAPES, SHARES = 2.0, 1.0
"""How large the signs of a word and the shares of its form are beside its vector's columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The w words of n texts."""

    offsets: NDArray[np.int64]
    """(n + 1,) where the words of each text begin, and the last ones end."""
    forms: NDArray[np.int64]
    """(w,) the same number for words that are written alike."""
    shapes: NDArray[np.float32]
    """(w, s) how they are written."""
    vectors: NDArray[np.floating] | None
    """(w, d) of an encoder; None where there is none."""

    @property
    def text(self) -> NDArray[np.int64]:
        """(w,) the text of each word."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


def word_probabilities(
    words: Words,
    labels: NDArray[np.int64],
    clusters: NDArray[np.int64],
    classes: int,
    *,
    folds: int,
    seed: int,
    scratch: Path | None = None,
    tick: Report = unheard,
) -> OutOfSample:
    """(w, k) for words whose given classes are `labels` (w,), -1 for those of a text without a label, which are judged
    and not learnt from: each by heads that have seen no text of its text's cluster, `clusters` (n,)."""
    text = words.text
    repeats = REPEATS if len(labels) <= REPEAT_UP_TO else 1
    found, divisors, judged = empty((len(labels), classes), scratch), [], np.ones(len(labels), bool)
    found[:] = 0
    chosen, left_out = _chosen(labels, classes, seed)
    columns = _Columns.of(words, labels, classes, text, chosen)
    where = device()
    features = Features.of(torch.from_numpy(columns.of_rows(chosen)).to(where))
    heads = Heads(features, Curvature.of(features), labels[chosen], classes, np.arange(len(chosen)), scratch)
    l2, total = 0.0, 2 * repeats
    for repeat in range(repeats):
        folds_of = assign_folds(strata_of_texts(labels, text, len(clusters)), clusters, folds, seed + repeat)[text]
        look = partial(tick, 2 * repeat, total)
        look()
        l2 = l2 or best_penalty(heads, folds_of[chosen], folds, look).l2
        fitted = heads.fitted(folds_of[chosen][:, None], range(folds), l2, on_step=partial(tick, 2 * repeat + 1, total))
        logits = empty((len(labels), classes), scratch)
        for rows in row_chunks(len(labels), features.width):
            seen = Features(torch.from_numpy(columns.of_rows(rows)).to(where), features.mean, features.scale, False)
            block = seen.rows(slice(None))
            for fold in range(folds):
                mine = np.flatnonzero(folds_of[rows] == fold)
                logits[rows][mine] = (block[torch.from_numpy(mine).to(where)] @ fitted[fold]).cpu().numpy() + left_out
        divisors.append(temperature(logits, labels))
        for rows in row_chunks(*logits.shape):
            found[rows] += SOFTMAX.probabilities(np.asarray(logits[rows]), divisors[-1]) / np.float32(repeats)
        judged &= ~unseen_rows(labels, folds_of)
    tick(total, total)
    return OutOfSample(found, log_loss(found, labels), divisors[0], l2, repeats, len(chosen), judged)


def _chosen(labels: NDArray[np.int64], classes: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Words to learn from, ascending, and (k,) what is added to the logits for those that were left out."""
    generator = np.random.default_rng([0, seed])
    told = np.flatnonzero(labels >= 0)
    labels = labels[told]
    counts = np.bincount(labels, minlength=classes)
    within = counts.sum() - counts[OUTSIDE]
    share = min(1.0, MOST / max(1, within))
    wanted = np.ceil(counts * share).astype(np.int64)
    wanted[OUTSIDE] = min(counts[OUTSIDE], max(LEAST_OUTSIDE, RATIO * min(within, MOST // RATIO)))
    order = np.lexsort((generator.random(len(labels)), labels))
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    rates = np.divide(wanted, counts, out=np.ones(classes), where=counts > 0)
    return told[np.sort(order[rank < np.repeat(wanted, counts)])], -np.log(rates).astype(np.float32)


def strata_of_texts(labels: NDArray[np.int64], text: NDArray[np.int64], texts: int) -> NDArray[np.int64]:
    """(n,) the rarest class among a text's words, 0 where it has no span."""
    counts = np.bincount(labels[labels >= 0], minlength=1)
    rarity = np.empty(len(counts), np.int64)
    rarity[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    found = np.zeros(texts, np.int64)
    np.maximum.at(found, text, np.where(labels <= OUTSIDE, 0, rarity[labels]))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """What heads see of words, made for some of them at a time."""

    words: Words
    shares: NDArray[np.float32]
    """(w, k + 1), see `form_shares`."""
    scale: float
    """Root mean square of the vectors."""

    @staticmethod
    def of(
        words: Words, labels: NDArray[np.int64], classes: int, text: NDArray[np.int64], sample: NDArray[np.int64]
    ) -> _Columns:
        scale = 1.0
        if words.vectors is not None:
            scale = float(np.sqrt(np.mean(np.square(words.vectors[sample], dtype=np.float32)))) or 1.0
        return _Columns(words, form_shares(words.forms, labels, text, classes), scale)

    def of_rows(self, rows: NDArray[np.int64] | slice) -> NDArray[np.float32]:
        parts = [SHAPES * self.scale * self.words.shapes[rows], SHARES * self.scale * self.shares[rows]]
        if self.words.vectors is not None:
            parts.insert(0, np.asarray(self.words.vectors[rows], np.float32))
        return np.concatenate(parts, 1, dtype=np.float32)


def form_shares(
    forms: NDArray[np.int64], labels: NDArray[np.int64], text: NDArray[np.int64], classes: int
) -> NDArray[np.float32]:
    """(w, k + 1) how the same form is labelled in other texts: of each class the log of its share there over its share
    everywhere, and the log of how often that is. The word's own text tells nothing of itself."""
    usual = np.bincount(labels[labels >= 0], minlength=classes) / max(1, int((labels >= 0).sum()))
    all_of = _counts(forms, labels, classes, int(forms.max(initial=-1)) + 1)
    pairs, place = np.unique(forms * (int(text.max(initial=0)) + 1) + text, return_inverse=True)
    own = _counts(place, labels, classes, len(pairs))
    found = np.empty((len(labels), classes + 1), np.float32)
    for rows in row_chunks(len(labels), classes):
        others = all_of[forms[rows]] - own[place[rows]]
        often = others.sum(1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log((others + usual) / (often + 1)) - np.log(usual)
        found[rows, :-1] = np.nan_to_num(logs, nan=0.0, posinf=0.0, neginf=0.0)
        found[rows, -1:] = np.log1p(often)
    return found


def _counts(groups: NDArray[np.int64], labels: NDArray[np.int64], classes: int, size: int) -> NDArray[np.float64]:
    told = labels >= 0
    found = np.bincount(groups[told] * classes + labels[told], minlength=size * classes)
    return found.reshape(size, classes).astype(np.float64)
