"""How many texts have spans that are wrong, by what is known of labels that are classes (`share`).

A text's label is wrong where any of its words has a wrong type, so the model disagrees with it where it does with any
of its words, and is as sure of it as of all its words together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.issues.label.disagreement import fit_disagreement
from core.issues.label.share import ANYTHING, CHANCE_ERRORS, SeenErrors, why_untold, with_known
from core.issues.signals import LabelledWords, Signals
from core.records import Estimate

LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class TextFacts:
    """What is read from the probabilities of the judged words of n texts."""

    disagrees: NDArray[np.bool_]
    """(n,) whether another type than the given one is the most probable of any word."""
    sure: NDArray[np.float64]
    """(n,) how probable the most probable types of all words are together; 1 without words."""
    gain: NDArray[np.float64]
    """(n,) how much more probable given types are than types drawn by their frequencies, on average over the words."""


@dataclass(frozen=True, slots=True)
class WrongTexts:
    """How many texts are wrong."""

    share: Estimate
    untold: str | None
    """Why it cannot be told, as a sentence."""
    seen: SeenErrors
    """Over the texts `rows`."""
    rows: NDArray[np.int64]
    """The texts that are judged and that nobody has confirmed."""


def text_facts(words: LabelledWords) -> TextFacts:
    """Of all texts."""
    texts = len(words.offsets) - 1
    kept = np.flatnonzero(words.judged)
    text = np.repeat(np.arange(texts), np.diff(words.offsets))[kept]
    probabilities, labels = np.asarray(words.probabilities[kept], np.float64), words.labels[kept]
    counts = np.bincount(text, minlength=texts)
    differs = probabilities.argmax(1) != labels
    often = np.bincount(labels, minlength=probabilities.shape[1]) / max(1, len(labels))
    gain = probabilities[np.arange(len(labels)), labels] - probabilities @ often
    return TextFacts(
        np.bincount(text, differs, texts) > 0,
        np.exp(np.bincount(text, np.log(np.maximum(probabilities.max(1), LEAST)), texts)),
        np.bincount(text, gain, texts) / np.maximum(counts, 1),
    )


def wrong_texts(signals: Signals) -> WrongTexts:
    """The share of texts with a wrong label, with an interval that covers it, or why it cannot be told."""
    known, facts = signals.known & signals.judged, text_facts(signals.words)
    open_ = signals.judged & ~known
    rows, confirmed = np.flatnonzero(open_), int(known.sum())
    seen = SeenErrors(np.empty(0, bool), np.empty(0), Estimate(0.0, 0.0, 1.0))
    if len(rows):
        found = fit_disagreement(facts.disagrees[rows], facts.sure[rows])
        seen = SeenErrors(facts.disagrees[rows], np.maximum(found.expected, LEAST), found.remaining)
    gain = facts.gain[rows]
    chance = len(gain) > 0 and bool(gain.mean() <= CHANCE_ERRORS * gain.std() / np.sqrt(len(gain)))
    untold = why_untold(Signals.of(signals.labels, signals.probabilities, open_), seen, chance, confirmed)
    share = ANYTHING if chance else with_known(seen.share, len(rows), confirmed)
    return WrongTexts(share, untold, seen, rows)
