"""Token ids kept per content, so that a text is cut into tokens once for all runs of a model.

A folder of shards per model and longest text (`core.arrays.shards`): `tokens`, all ids one after the other, and
`offsets` (m + 1,), where each text begins and the last one ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays.shards import Shards, Wanted
from core.progress import Report

CHUNK = 4096
"""Texts cut into tokens at a time."""
FLUSH_CHUNKS = 64
"""New tokens go to disk at the latest after so many chunks."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The token ids of n texts, one after the other."""

    values: NDArray[np.int32]
    offsets: NDArray[np.int64]
    """(n + 1,) where each text begins and the last one ends."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,)"""
        return np.diff(self.offsets)

    def occurring(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The different ids in some texts, sorted."""
        kept = np.zeros(len(self.offsets) - 1, bool)
        kept[rows] = True
        return np.unique(self.values[np.repeat(kept, self.lengths)]).astype(np.int64)


def tokenised(
    folder: Path,
    digests: NDArray[np.bytes_],
    texts: Callable[[NDArray[np.int64]], list[str]],
    encode: Callable[[list[str]], list[list[int]]],
    tick: Report,
) -> Tokens:
    """The tokens of the contents `digests` (n,): from `folder`, and made by `encode` where it has none.

    `texts` gives the texts at some positions. What was made before `tick` (done, total) raises is kept.
    """
    shards = Shards(folder)
    missing = shards.missing(digests)
    waiting: list[tuple[NDArray[np.bytes_], list[list[int]]]] = []
    try:
        for start in range(0, len(missing), CHUNK):
            tick(start, len(missing))
            rows = missing[start : start + CHUNK]
            waiting.append((digests[rows], encode(texts(rows))))
            if len(waiting) >= FLUSH_CHUNKS:
                _append(shards, waiting)
                waiting = []
    finally:
        _append(shards, waiting)
    return _gather(shards, digests)


def _append(shards: Shards, waiting: list[tuple[NDArray[np.bytes_], list[list[int]]]]) -> None:
    if not waiting:
        return
    lists = [one for _, part in waiting for one in part]
    offsets = np.cumsum([0, *map(len, lists)])
    tokens = np.fromiter(chain.from_iterable(lists), np.int32, int(offsets[-1]))
    tokens = tokens.astype(np.min_scalar_type(tokens.max(initial=0)))
    shards.append_parts(np.concatenate([part for part, _ in waiting]), {"tokens": tokens, "offsets": offsets})


def _gather(shards: Shards, digests: NDArray[np.bytes_]) -> Tokens:
    wanted = Wanted.of(digests)
    held = [shard for shard in shards.all() if len(wanted.found(shards.digests(shard))[0]) and shards.is_whole(shard)]
    lengths = np.zeros(len(digests), np.int64)
    for shard in held:
        source, target = wanted.found(shards.digests(shard))
        lengths[target] = np.diff(shards.arrays(shard, "offsets"))[source]
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    values = np.empty(offsets[-1], np.int32)
    for shard in held:
        source, target = wanted.found(shards.digests(shard))
        starts, tokens = shards.arrays(shard, "offsets")[:-1], shards.arrays(shard, "tokens")
        for start in range(0, len(source), CHUNK):
            to, length = target[start : start + CHUNK], lengths[target[start : start + CHUNK]]
            within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
            first = np.repeat(starts[source[start : start + CHUNK]], length)
            values[np.repeat(offsets[to], length) + within] = tokens[first + within]
    return Tokens(values, offsets)
