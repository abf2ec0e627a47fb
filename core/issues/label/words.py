"""How good the label of each word is where labels are spans, of each text by its words, and which words look like what.

A word's quality is the probability of its given type beside what is usual for words of that type (Northcutt, Jiang &
Chuang, Confident learning, 2021): rare types, of which models are never sure, would else fill the head of every list.
On 3,394 sentences with planted errors in 8 % that raised average precision by .05, and the soft minimum by .04 more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.issues.signals import LabelledWords

TEMPERATURE = 0.1
"""Of the soft minimum over a text's words: the lower, the more its worst word alone counts."""
BY_FAR = 0.1
"""A word is doubted where its given type is less than so many times as probable as another one, each beside what is
usual for it: of 271 sentences with planted errors among 3,394, .71 are found so at a precision of .42."""
Spans = list[tuple[int, int, str]]


@dataclass(frozen=True, slots=True, eq=False)
class WordQuality:
    """Of w words."""

    quality: NDArray[np.float64]
    """(w,) in 0–1: low is worse."""
    doubted: NDArray[np.bool_]
    """(w,) whether another type is the most probable one, by far, each beside what is usual for it."""
    top: NDArray[np.int64]
    """(w,) the most probable type, 0 for none."""
    usual: NDArray[np.float64]
    """(k + 1,) mean probability of a type over the judged words that have it; 1 where there are none."""


def word_quality(words: LabelledWords) -> WordQuality:
    """Words of a type that the model could not learn are as good as can be: nothing speaks against them."""
    order, classes = np.arange(len(words.labels)), words.probabilities.shape[1]
    own = np.asarray(words.probabilities[order, words.labels], np.float64)
    counts = np.bincount(words.labels[words.judged], minlength=classes)
    sums = np.bincount(words.labels[words.judged], own[words.judged], classes)
    usual = np.divide(sums, counts, out=np.ones(classes), where=counts > 0)
    top = np.asarray(words.probabilities.argmax(1), np.int64)
    beside = own / np.maximum(usual[words.labels], 1e-9)
    other = np.asarray(words.probabilities[order, top], np.float64) / np.maximum(usual[top], 1e-9)
    doubted = words.judged & (top != words.labels) & (beside < BY_FAR * other)
    return WordQuality(np.where(words.judged, np.minimum(beside, 1), 1.0), doubted, top, usual)


def text_quality(quality: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) the soft minimum over each text's words; 1 of a text without any."""
    texts = len(offsets) - 1
    text = np.repeat(np.arange(texts), np.diff(offsets))
    worst = np.ones(texts)
    np.minimum.at(worst, text, quality)
    weights = np.exp((worst[text] - quality) / TEMPERATURE)
    total = np.bincount(text, weights, texts)
    return np.divide(np.bincount(text, weights * quality, texts), total, out=np.ones(texts), where=total > 0)


def suggested_labels(words: LabelledWords, found: WordQuality) -> NDArray[np.int64]:
    """(w,) the type that each word looks like: the given one, but in spans with a doubted word, and where doubted words
    and those around them that look like a type make a span of their own."""
    text = np.repeat(np.arange(len(words.offsets) - 1), np.diff(words.offsets))
    given = _runs(words.labels, begins(words), text)
    open_ = words.labels == 0
    touched = np.bincount(given, found.doubted, given.max(initial=-1) + 1)[given] > 0
    free = open_ | touched
    looks = np.where(free, found.top, 0)
    whole = free & ~open_ & (np.bincount(given, looks == 0, given.max(initial=-1) + 1)[given] == 0)
    looks[whole] = _joint_type(words, given, whole)[whole]
    # A run of words that look alike counts where one of them is doubted, or in a span that is.
    runs = _runs(looks, np.zeros(len(looks), bool), text)
    counted = np.bincount(runs, found.doubted | (touched & ~open_), runs.max(initial=-1) + 1)[runs] > 0
    return np.where(free, np.where(counted, looks, 0), words.labels)


def spans_from(labels: NDArray[np.int64], words: LabelledWords, types: Sequence[str]) -> list[Spans]:
    """The spans of each text that words of these types make. Where two given spans part within a run of one type, so do
    these."""
    text = np.repeat(np.arange(len(words.offsets) - 1), np.diff(words.offsets))
    first_of = begins(words) & (labels == words.labels)
    first_of[1:] &= words.labels[:-1] == words.labels[1:]
    runs = _runs(labels, first_of, text)
    first = np.flatnonzero(np.diff(runs, prepend=-1))
    last = np.append(first[1:], len(labels)) - 1
    found: list[Spans] = [[] for _ in range(len(words.offsets) - 1)]
    kept = np.flatnonzero(labels[first] > 0) if len(first) else first
    for start, stop in zip(first[kept].tolist(), last[kept].tolist(), strict=True):
        span = (int(words.bounds[start, 0]), int(words.bounds[stop, 1]), types[labels[start] - 1])
        found[text[start]].append(span)
    return found


def _runs(labels: NDArray[np.int64], starts: NDArray[np.bool_], text: NDArray[np.int64]) -> NDArray[np.int64]:
    """(w,) the number of each word's run: words of a text, one after the other, with one label."""
    new = starts.copy()
    new[1:] |= (labels[1:] != labels[:-1]) | (text[1:] != text[:-1])
    new[:1] = False
    return np.asarray(np.cumsum(new), np.int64)


def begins(words: LabelledWords) -> NDArray[np.bool_]:
    """(w,) whether a given span begins with the word."""
    found = np.zeros(len(words.labels), bool)
    for row, spans in enumerate(words.spans):
        if spans:
            start, stop = words.offsets[row], words.offsets[row + 1]
            places = np.searchsorted(words.bounds[start:stop, 0], [one[0] for one in spans])
            found[start + places[places < stop - start]] = True
    return found


def _joint_type(words: LabelledWords, runs: NDArray[np.int64], chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(w,) the type that is most probable for all chosen words of a run together."""
    classes = words.probabilities.shape[1]
    logs = np.zeros((int(runs.max(initial=-1)) + 1, classes))
    np.add.at(logs, runs[chosen], np.log(np.maximum(words.probabilities[chosen], 1e-12)))
    return np.asarray(logs[:, 1:].argmax(1) + 1, np.int64)[runs]
