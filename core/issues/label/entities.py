"""Spans that are probably wrong: each given one beside what it looks like, and those that nobody has marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.spans.confusion import confusion_of
from core.evaluation.spans.entities import Entities
from core.issues.label.words import Spans
from core.issues.signals import LabelledWords


@dataclass(frozen=True, slots=True, eq=False)
class EntityRows:
    """m spans, by text and place: those given, and those that are missing."""

    row: NDArray[np.int64]
    """(m,) place of the text."""
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    """(m,) of the given span; of a missing one of the suggested."""
    given: NDArray[np.int64]
    """(m,) number of the type, from 1 on; 0 where the span is missing."""
    suggested: NDArray[np.int64]
    """(m,) the same of what it looks like; 0 where it looks like none."""
    suggested_start: NDArray[np.int64]
    suggested_stop: NDArray[np.int64]
    """(m,) where it should begin and end."""
    score: NDArray[np.float64]
    """(m,) quality of its worst word, 0–1."""

    @property
    def changed(self) -> NDArray[np.bool_]:
        """(m,) whether anything else is suggested than what is given."""
        same = (
            (self.given == self.suggested) & (self.start == self.suggested_start) & (self.stop == self.suggested_stop)
        )
        return np.asarray(~same)


def entity_rows(
    words: LabelledWords, suggested: Sequence[Spans], quality: NDArray[np.float64], types: Sequence[str]
) -> EntityRows:
    """Given and suggested spans belong together as true and predicted ones do (`core.evaluation.spans.confusion`)."""
    given, looks = Entities.of(words.spans, types), Entities.of(suggested, types)
    pairs = confusion_of(given, looks, len(types)).pairs
    partner = np.full(len(given), -1)
    partner[pairs.true] = pairs.predicted
    missing = looks.take(np.setdiff1d(np.arange(len(looks)), pairs.predicted))
    has = partner >= 0
    with_type = np.zeros(len(given), np.int64)
    with_type[has] = looks.type[partner[has]] + 1
    starts, stops = given.start.copy(), given.stop.copy()
    starts[has], stops[has] = looks.start[partner[has]], looks.stop[partner[has]]
    none = np.zeros(len(missing), np.int64)
    row = np.concatenate([given.document, missing.document])
    start, stop = np.concatenate([given.start, missing.start]), np.concatenate([given.stop, missing.stop])
    from_, to = np.concatenate([starts, missing.start]), np.concatenate([stops, missing.stop])
    scores = _scores(words, row, np.minimum(start, from_), np.maximum(stop, to), quality)
    order = np.lexsort((start, row))
    return EntityRows(
        row[order],
        start[order],
        stop[order],
        np.concatenate([given.type + 1, none])[order],
        np.concatenate([with_type, missing.type + 1])[order],
        from_[order],
        to[order],
        scores[order],
    )


def _scores(
    words: LabelledWords,
    row: NDArray[np.int64],
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
    quality: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(m,) the lowest quality of the words between the places; 1 where there are none."""
    # One long text, see `entities.overlapping`.
    step = int(max([0, *words.bounds[:, 1], *stop])) + 1
    text = np.repeat(np.arange(len(words.offsets) - 1), np.diff(words.offsets)) * step
    first = np.searchsorted(text + words.bounds[:, 1], row * step + start, "right")
    last = np.searchsorted(text + words.bounds[:, 0], row * step + stop, "left")
    padded = np.append(quality, 1.0)
    # Every second value of reduceat is that of a span; an empty one is what stands at its place, so it is set to 1.
    places = np.stack([first, np.maximum(first, last)], 1).reshape(-1)
    found = np.minimum.reduceat(padded, places)[::2] if len(places) else np.empty(0)
    return np.asarray(np.where(last > first, found, 1.0))
