"""Sentences that many texts share: signatures, notices, names of a form's fields. They say nothing of one text, and a
model that learns them learns where the text comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

WORDS, LINE_WORDS = 6, 4
"""A sentence, or a line of its own, of fewer words is said by chance, such as a greeting or a question."""
SIGNS = 2
"""Of scripts that put no blanks between words, characters that make up a word."""
TEXTS = 10
"""It is shared that stands in so many texts at least that are not the same otherwise."""
SHARE = 0.001
"""And in this share of all."""
_LINES = re.compile("[\n\r]+")
_ENDS = re.compile("(?<=[.!?;])\\s+|(?<=[\u3002\uff01\uff1f])")
_BLANK = re.compile(r"\s+")


def sentences(text: str) -> list[str]:
    """What ends in a full stop or a line break, long enough to be told from others; none of a text that is one."""
    lines = [one for part in _LINES.split(text) if (one := part.strip())]
    found = []
    for line in lines:
        parts = [one for part in _ENDS.split(line) if (one := part.strip())]
        if len(lines) > 1 or len(parts) > 1:
            least = LINE_WORDS if len(lines) > 1 and len(parts) == 1 else WORDS
            found += [one for one in parts if _words(one) >= least]
    return found


def _words(sentence: str) -> int:
    words = len(_BLANK.findall(sentence)) + 1
    return words if sentence.isascii() else max(words, sum(map(_unspaced, sentence)) // SIGNS)


def _unspaced(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0eff"


def boilerplate(
    text_of: Callable[[int], str], contents: NDArray[np.int64], parts: Sequence[NDArray[np.int64]]
) -> tuple[NDArray[np.float64], list[str]]:
    """Of n texts, by digests of each (n,) and of its sentences: how many of these are shared, (n,), and the one that
    most texts have, with how many. Copies of a text count once."""
    lengths = np.array([len(one) for one in parts], np.int64)
    shared, said = np.zeros(len(parts)), [""] * len(parts)
    if not lengths.sum():
        return shared, said
    digests, rows = np.concatenate(list(parts)), np.repeat(np.arange(len(parts)), lengths)
    pairs = np.empty(len(digests), [("sentence", np.int64), ("text", np.int64)])
    pairs["sentence"], pairs["text"] = digests, contents[rows]
    once = np.unique(pairs)["sentence"]
    known, counts = np.unique(once, return_counts=True)
    common = counts >= max(TEXTS, SHARE * len(np.unique(contents)))
    if not common.any():
        return shared, said
    places = np.searchsorted(known, digests)
    held = common[places]
    np.add.at(shared, rows[held], 1)
    times = np.where(held, counts[places], 0)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    for row in np.flatnonzero(shared).tolist():
        own = times[starts[row] : starts[row + 1]]
        best = int(own.argmax())
        said[row] = f"“{cut(sentences(text_of(row))[best])}” ({own[best]:,})"
    return shared, said


def cut(text: str, most: int = 40) -> str:
    """The beginning, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
