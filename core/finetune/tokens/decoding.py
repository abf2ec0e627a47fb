"""The tags of words: how types become them, and the best sequence of them that makes spans."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.targets.spans.form import Span
from core.targets.spans.tokens import of_characters, of_tokens

OUTSIDE = "O"


def tags_of(types: Sequence[str]) -> tuple[str, ...]:
    """O, then B- and I- of each type: tag 1 + 2 · type begins, the next one goes on."""
    return (OUTSIDE, *(f"{letter}-{name}" for name in types for letter in "BI"))


def word_tags(
    spans: Sequence[Sequence[Span]], bounds: Sequence[NDArray[np.int64]], types: Sequence[str]
) -> NDArray[np.int64]:
    """(w,) the tags of the words of n texts, one text after the other."""
    index = {name: place for place, name in enumerate(types)}
    found = [np.zeros(0, np.int64)]
    for own, words in zip(spans, bounds, strict=True):
        tags = np.zeros(len(words), np.int64)
        for first, behind, name in of_tokens(own, tuple((start, stop) for start, stop in words.tolist())):
            tags[first:behind] = 2 + 2 * index[name]
            tags[first] = 1 + 2 * index[name]
        found.append(tags)
    return np.concatenate(found)


def best_tags(probabilities: NDArray[np.floating]) -> NDArray[np.int64]:
    """(t,) the most probable sequence of tags of one text's words (t, 2k + 1) in which nothing goes on that has not
    begun (Viterbi)."""
    tags = probabilities.shape[1]
    if not len(probabilities):
        return np.zeros(0, np.int64)
    logs = np.log(np.maximum(probabilities, 1e-12)).astype(np.float64)
    allowed = np.zeros((tags, tags))
    goes_on = np.arange(2, tags, 2)
    allowed[:, goes_on] = -np.inf
    allowed[goes_on - 1, goes_on] = allowed[goes_on, goes_on] = 0
    score = logs[0].copy()
    score[goes_on] = -np.inf
    came = np.zeros(logs.shape, np.int64)
    for place in range(1, len(logs)):
        ways = score[:, None] + allowed
        came[place] = ways.argmax(0)
        score = ways.max(0) + logs[place]
    found = np.zeros(len(logs), np.int64)
    found[-1] = score.argmax()
    for place in range(len(logs) - 1, 0, -1):
        found[place - 1] = came[place, found[place]]
    return found


def spans_of_tags(tags: NDArray[np.int64], words: NDArray[np.int64], types: Sequence[str]) -> list[Span]:
    """The spans of one text that tags as `best_tags` gives them say of its words at (t, 2)."""
    found: list[tuple[int, int, str]] = []
    for place, tag in enumerate(tags.tolist()):
        if tag and tag % 2:
            found.append((place, place + 1, types[tag // 2]))
        elif tag:
            first, _, name = found[-1]
            found[-1] = (first, place + 1, name)
    return of_characters(found, tuple((start, stop) for start, stop in words.tolist()))
