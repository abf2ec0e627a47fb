"""Embeddings kept per content, a folder per encoder and settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import empty
from core.arrays.shards import Shards, Wanted


@dataclass(frozen=True, slots=True)
class EmbeddingCache(Shards):
    """The embeddings of one encoder: shards of float32 (m, d)."""

    def gather(self, digests: NDArray[np.bytes_]) -> NDArray[np.float32]:
        """The vectors (n, d) of contents that are all kept; in a file where they are too many for memory."""
        wanted = Wanted.of(digests)
        gathered: NDArray[np.float32] | None = None
        for shard in self.all():
            source, target = wanted.found(self.digests(shard))
            if not len(source) or not self.is_whole(shard):
                continue
            vectors = self.arrays(shard)
            if gathered is None:
                gathered = empty((len(digests), vectors.shape[1]), self.folder)
            for part in range(0, len(source), 1 << 16):
                gathered[target[part : part + (1 << 16)]] = vectors[source[part : part + (1 << 16)]]
        if gathered is None:
            raise KeyError(f"None of the contents is kept in {self.folder}.")
        return gathered
