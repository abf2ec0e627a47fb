"""How words are written: what an encoder that ignores case, or cuts words up, does not see."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ADDRESS = re.compile(r"/|www\.|\w@\w")
_ENDS = frozenset(".!?:;")
TITLED = 0.6
"""A text of which more words than this share begin with a capital is taken for a heading: there it tells nothing."""


def forms_and_shapes(
    texts: Sequence[str], bounds: Sequence[NDArray[np.int64]], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(w,) the form of each word, the same number for words that are written alike, and its `shapes`. bounds (m, 2) of
    each text: where its words start and stop."""
    words = [text[start:stop] for text, own in zip(texts, bounds, strict=True) for start, stop in own.tolist()]
    forms = np.unique(np.array([word.casefold() for word in words], object).astype(str), return_inverse=True)[1]
    return forms.astype(np.int64), shapes(words, offsets)


def shapes(words: Sequence[str], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """(w, 66) of 0 and 1: 22 signs of each word, of the one before and of the one after it. The words of text i are
    `words[offsets[i] : offsets[i + 1]]`."""
    forms, place = np.unique(np.asarray(words, dtype=object).astype(str), return_inverse=True)
    alone = np.array([_alone(form) for form in forms.tolist()], np.float32).reshape(-1, 18)[place]
    text = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    capital, letters = alone[:, 0] > 0, alone[:, 1] > 0
    share = np.bincount(text, capital & letters, len(offsets) - 1) / np.maximum(
        1, np.bincount(text, letters, len(offsets) - 1)
    )
    heading = (share > TITLED)[text]
    begins, ends = np.zeros(len(text), bool), np.zeros(len(text), bool)
    begins[offsets[:-1][np.diff(offsets) > 0]] = True
    ends[offsets[1:][np.diff(offsets) > 0] - 1] = True
    stops = np.array([form in _ENDS for form in forms.tolist()], bool)[place] if len(forms) else begins
    begins[1:] |= stops[:-1]
    own = np.column_stack([alone, begins, ends, heading, capital & ~begins & ~heading]).astype(np.float32)
    return np.concatenate([own, shifted(own, text, 1), shifted(own, text, -1)], 1)


def shifted(values: NDArray[np.float32], text: NDArray[np.int64], by: int) -> NDArray[np.float32]:
    """(w, c) what stands `by` words before each (behind it where `by` is negative), 0 where its text has none there."""
    found, same = np.zeros_like(values), np.zeros(len(text), bool)
    if abs(by) >= len(text):
        return found
    here, there = (slice(by, None), slice(None, -by)) if by > 0 else (slice(None, by), slice(-by, None))
    same[here] = text[here] == text[there]
    found[here] = values[there]
    found[~same] = 0
    return found


def _alone(word: str) -> list[bool]:
    inner = word[1:]
    return [
        word[:1].isupper(),
        word.isalpha(),
        word.istitle(),
        word.isupper() and len(word) > 1,
        word.islower(),
        any(letter.isupper() for letter in inner) and not word.isupper(),
        word.isdigit(),
        any(letter.isdigit() for letter in word),
        not any(letter.isalnum() for letter in word),
        word.startswith("@"),
        word.startswith("#"),
        bool(_ADDRESS.search(word)),
        "'" in word,
        "-" in inner or "." in word[:-1],
        len(word) == 1,
        len(word) <= 3,
        len(word) >= 8,
        not word.isascii(),
    ]
