"""Puts errors into labels that are spans: one is overlooked, gets another type, gains or loses a word at its edge, or
words are marked that are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.issues.signals import Probabilities
from core.jobs.proof.plant import SELDOM

Words = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SpanSoil:
    """What errors are planted into: the w words of n texts."""

    labels: Words
    """(w,) 0 outside of all spans, else the type's number from 1 on."""
    begins: NDArray[np.bool_]
    """(w,) whether a span begins with the word."""
    text: Words
    """(w,) the text of each word, ascending."""
    probabilities: Probabilities
    """(w, k + 1) out of sample, of the labels as they are."""
    free: NDArray[np.bool_]
    """(n,) texts whose spans are taken to be right: only there errors are planted."""


@dataclass(frozen=True, slots=True)
class _Changes:
    """Words from `first` up to `behind` become `label`, with these odds; each (m,)."""

    first: Words
    behind: Words
    label: Words
    odds: NDArray[np.float64]


def plant_spans(soil: SpanSoil, manner: str, count: int, generator: np.random.Generator) -> Words:
    """The words' labels with errors in `count` texts, one in each."""
    spans = _spans(soil)
    kinds = {
        "overlooked": [_overlooked(soil, spans)],
        "pairs": [_other_type(soil, spans, generator, by_type=manner == "pairs")],
        "edges": [_shorter(soil, spans), _longer(soil, spans)],
    }
    changes = _joined(kinds.get(manner) or [one for each in kinds.values() for one in each] + [_marked(soil, spans)])
    odds = changes.odds if manner in ("near", "pairs") else np.ones(len(changes.odds))
    arrival = generator.standard_exponential(len(odds)) / np.maximum(odds, SELDOM)
    order = np.argsort(arrival)
    order = order[np.sort(np.unique(soil.text[changes.first[order]], return_index=True)[1])]
    found = soil.labels.copy()
    for one in order[:count]:
        found[changes.first[one] : changes.behind[one]] = changes.label[one]
    return found


def _spans(soil: SpanSoil) -> tuple[Words, Words]:
    """First words of all spans in free texts, and the words behind them."""
    labels, text = soil.labels, soil.text
    new = np.ones(len(labels), bool)
    new[1:] = (labels[1:] != labels[:-1]) | (text[1:] != text[:-1]) | soil.begins[1:]
    first = np.flatnonzero(new)
    behind = np.append(first[1:], len(labels))
    kept = (labels[first] > 0) & soil.free[text[first]]
    return first[kept], behind[kept]


def _means(soil: SpanSoil, spans: tuple[Words, Words]) -> NDArray[np.float64]:
    """(m, k + 1) of the probabilities of each span's words."""
    first, behind = spans
    sums = np.vstack([np.zeros((1, soil.probabilities.shape[1])), np.cumsum(soil.probabilities, 0, np.float64)])
    return np.asarray((sums[behind] - sums[first]) / (behind - first)[:, None], np.float64)


def _overlooked(soil: SpanSoil, spans: tuple[Words, Words]) -> _Changes:
    return _Changes(*spans, np.zeros(len(spans[0]), np.int64), _means(soil, spans)[:, 0])


def _other_type(
    soil: SpanSoil, spans: tuple[Words, Words], generator: np.random.Generator, *, by_type: bool
) -> _Changes:
    """Another type as often as the model takes a span's own for it. Its odds are how probable it is there or,
    `by_type`, how much of the probability of spans of the own type goes to others."""
    means = _means(soil, spans)
    if means.shape[1] < 3:  # one type alone: there is no other
        nothing = np.zeros(0, np.int64)
        return _Changes(nothing, nothing, nothing, np.zeros(0))
    own = soil.labels[spans[0]]
    means[:, 0] = 0
    np.put_along_axis(means, own[:, None], 0, 1)
    taken = np.zeros((means.shape[1], means.shape[1]))
    np.add.at(taken, own, means)
    odds = taken[own] + SELDOM
    odds[:, 0] = 0
    np.put_along_axis(odds, own[:, None], 0, 1)
    label = (generator.standard_exponential(odds.shape) / np.maximum(odds, 1e-300)).argmin(1)
    per_span = taken.sum(1) / np.maximum(np.bincount(own, minlength=len(taken)), 1)
    return _Changes(*spans, label, per_span[own] if by_type else means[np.arange(len(own)), label])


def _shorter(soil: SpanSoil, spans: tuple[Words, Words]) -> _Changes:
    """By its first or its last word, where it has more than one."""
    first, behind = (one[spans[1] - spans[0] > 1] for one in spans)
    at = np.concatenate([first, behind - 1])
    return _Changes(at, at + 1, np.zeros(len(at), np.int64), np.asarray(soil.probabilities[at, 0], np.float64))


def _longer(soil: SpanSoil, spans: tuple[Words, Words]) -> _Changes:
    """By the word before or behind it, where that is outside of all spans."""
    first, behind = spans
    at = np.concatenate([first - 1, behind])
    edge = np.concatenate([first, behind - 1])
    kept = (at >= 0) & (at < len(soil.labels))
    at, edge = at[kept], edge[kept]
    kept = (soil.text[at] == soil.text[edge]) & (soil.labels[at] == 0)
    at, label = at[kept], soil.labels[edge[kept]]
    return _Changes(at, at + 1, label, np.asarray(soil.probabilities[at, label], np.float64))


def _marked(soil: SpanSoil, spans: tuple[Words, Words]) -> _Changes:
    """A word outside of all spans, as many of the likeliest as there are spans."""
    outside = np.flatnonzero((soil.labels == 0) & soil.free[soil.text])
    looks = soil.probabilities[outside, 1:].argmax(1) + 1
    odds = np.asarray(soil.probabilities[outside, looks], np.float64)
    best = np.argsort(-odds, kind="stable")[: len(spans[0])]
    return _Changes(outside[best], outside[best] + 1, looks[best].astype(np.int64), odds[best])


def _joined(parts: list[_Changes]) -> _Changes:
    columns = ("first", "behind", "label", "odds")
    return _Changes(*(np.concatenate([getattr(one, name) for one in parts]) for name in columns))
