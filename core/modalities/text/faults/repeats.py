"""How much of a text says again what stands right before it, as models do that are stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

FEWEST = 6
"""Words that have to be said again."""
LETTERS = 20
"""A text of hardly any words is looked at by its characters, where it has so many."""


def repeats(words: Sequence[str]) -> tuple[float, str]:
    """The share of the words that are the same as the one a certain number of words before, for the number that gives
    the largest share, and what stands there over and over; 0 where it is fewer than `FEWEST`.

    Only the last place of each word is looked at, so that a text takes one pass: what is said over and over has each
    word's last place one round before, unless a word stands in it twice.
    """
    if len(words) < 4 and sum(map(len, words)) >= LETTERS:
        words = list("".join(words))
    count = len(words)
    if count <= FEWEST or len(set(words)) > 0.5 * count:
        return 0.0, ""
    last: dict[str, int] = {}
    distances: Counter[int] = Counter()
    for place, word in enumerate(words):
        if word in last:
            distances[place - last[word]] += 1
        last[word] = place
    best = (0.0, "")
    for distance, _ in distances.most_common(3):
        again = [place for place in range(distance, count) if words[place] == words[place - distance]]
        if len(again) >= FEWEST and len(again) / count > best[0]:
            first = again[0] - distance
            best = len(again) / count, " ".join(words[first : first + distance])
    return best
