"""How alike one content is to others, by the embeddings that are kept of them: one product over the shards, which are
read from their files as they are and never gathered."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import row_chunks
from core.arrays.shards import Shards, Wanted

CHUNK_CELLS = 1 << 19
"""Numbers of a shard that are multiplied at a time: few enough to stay in the processor's cache until their lengths are
worked out as well."""
BLOCK = 16_384
"""Embeddings that are read at a time where they are gone through."""
THREADS = 2
"""Shards that are gone through side by side: more are no quicker, for the memory gives no more at once."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where the embeddings of n contents lie in the shards of a folder."""

    shards: Shards
    count: int
    """n"""
    parts: tuple[tuple[Path, NDArray[np.int32], NDArray[np.int32]], ...]
    """Shards, which of their vectors (p,) are asked for, and at which of the n places each stands, (p,)."""
    _open: dict[Path, NDArray[Any]] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(folder: Path, digests: NDArray[np.bytes_]) -> Held:
        """Of the contents `digests` (n,) in one encoder's folder; of some there may be none."""
        shards, wanted = Shards(folder), Wanted.of(digests)
        parts = []
        for shard in shards.all():
            source, target = wanted.found(shards.digests(shard))
            if len(source) and shards.is_whole(shard):
                parts.append((shard, source.astype(np.int32), target.astype(np.int32)))
        return Held(shards, len(digests), tuple(parts))

    @property
    def covered(self) -> int:
        """Of so many of the contents there is an embedding."""
        known = np.zeros(self.count, bool)
        for _, _, target in self.parts:
            known[target] = True
        return int(known.sum())

    def vector(self, place: int) -> NDArray[np.float32] | None:
        """The embedding (d,) of one of the contents; None where there is none."""
        for shard, source, target in self.parts:
            found = np.flatnonzero(target == place)
            if len(found):
                return np.asarray(self.shards.arrays(shard)[source[found[0]]], np.float32)
        return None

    def vectors(self, places: NDArray[np.integer[Any]]) -> tuple[NDArray[np.integer[Any]], NDArray[np.float32]]:
        """The embeddings (m, d) of some of the contents, and those of `places` that have one, (m,); (0, 0) for none."""
        asked = np.zeros(self.count, bool)
        asked[places] = True
        known: list[NDArray[np.int32]] = []
        found: list[NDArray[np.float32]] = []
        for shard, source, target in self.parts:
            wanted = asked[target]
            if wanted.any():
                known.append(target[wanted])
                found.append(np.asarray(self.shards.arrays(shard)[source[wanted]], np.float32))
                asked[target] = False
        if not found:
            return np.empty(0, np.int64), np.empty((0, 0), np.float32)
        return np.concatenate(known), np.concatenate(found)

    def blocks(self, step: int = 1) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int32]]]:
        """The embeddings (b, d) of every `step`-th content that a shard has, its first one included, with the places
        (b,) that they stand at; a content that lies in two shards comes twice."""
        for shard, source, target in self.parts:
            rows, places = source[::step], target[::step]
            vectors = self.shards.arrays(shard)
            for start in range(0, len(rows), BLOCK):
                part = slice(start, start + BLOCK)
                taken = rows[part]
                first, last = int(taken[0]), int(taken[-1])
                together = last - first + 1 == len(taken) and bool((np.diff(taken) == 1).all())
                block = vectors[first : last + 1] if together else vectors[taken]
                yield np.asarray(block, np.float32), places[part]

    def cosines(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each of the contents with a vector (d,), (n,); NaN where there is no embedding."""
        unit = vector / max(float(np.linalg.norm(vector)), 1e-12)
        found = np.full(self.count, np.nan, np.float32)
        # Mapped in this thread: CPython 3.11 fails now and then where several parse the heads of arrays at a time.
        mapped = [self._mapped(shard) for shard, *_ in self.parts]
        with ThreadPoolExecutor(THREADS) as pool:
            products = pool.map(lambda vectors: _cosines(vectors, unit), mapped)
            for (_, source, target), own in zip(self.parts, products, strict=True):
                found[target] = own[source]
        return found

    def _mapped(self, shard: Path) -> NDArray[Any]:
        """The vectors of a shard, whose file stays mapped: to map a million anew costs more than to multiply them."""
        if shard not in self._open:
            self._open[shard] = self.shards.arrays(shard)
        return self._open[shard]


def _cosines(vectors: NDArray[Any], unit: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of vectors (m, d) with one of length 1, (m,). Not by BLAS: its threads wait for each other at every product, and
    where other processes are busy that took 6 to 11 s for a million vectors of 384 numbers, this 0.2 s."""
    own = np.empty(len(vectors), np.float32)
    for rows in row_chunks(len(vectors), vectors.shape[1], CHUNK_CELLS):
        part = np.asarray(vectors[rows], np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", part, part))
        own[rows] = np.einsum("ij,j->i", part, unit) / np.maximum(lengths, 1e-12)
    return own
