"""Embeddings kept per content, so that what was encoded once is never encoded again, not even after a kill.

A folder per encoder and settings. Each shard is a pair of files that are written once and never changed:
`<id>.vectors.npy` (m, d) float32 and `<id>.digests.npy` (m,), whose appearance (by rename) makes the shard count.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.signals.payloads import DIGEST
from core.signals.scratch import empty


def sweep(folder: Path, kept: NDArray[np.bytes_]) -> None:
    """Removes the shards of every encoder in `folder` that hold none of the contents `kept` (n,)."""
    for shard in folder.glob("*/*.digests.npy"):
        if not np.isin(np.load(shard, allow_pickle=False), kept).any():
            shard.unlink()
            EmbeddingCache._vectors(shard).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class EmbeddingCache:
    """The shards of one encoder in `folder`. Several processes may write to it at once."""

    folder: Path

    def append(self, digests: NDArray[np.bytes_], vectors: NDArray[np.float32]) -> None:
        """Keeps the vectors (m, d) of the contents `digests` (m,): whole or, after a kill, not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        for kind, array in (("vectors", np.asarray(vectors, np.float32)), ("digests", np.asarray(digests, DIGEST))):
            part = self.folder / f"{name}.{kind}.part"
            with part.open("wb") as file:
                np.save(file, array, allow_pickle=False)
            part.replace(self.folder / f"{name}.{kind}.npy")

    def missing(self, digests: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Positions in `digests` whose content is not kept yet, one per content, in order."""
        unique, first = np.unique(digests, return_index=True)
        kept = [np.load(shard, allow_pickle=False) for shard in self._shards()]
        known = np.isin(unique, np.concatenate(kept)) if kept else np.zeros(len(unique), bool)
        return np.sort(first[~known])

    def gather(self, digests: NDArray[np.bytes_]) -> NDArray[np.float32]:
        """The vectors (n, d) of contents that are all kept; in a file where they are too many for memory."""
        order = np.argsort(digests)
        ordered = digests[order]
        gathered: NDArray[np.float32] | None = None
        for shard in self._shards():
            held = np.load(shard, allow_pickle=False)
            start, stop = np.searchsorted(ordered, held, "left"), np.searchsorted(ordered, held, "right")
            counts = stop - start
            if not counts.any():
                continue
            vectors = np.load(self._vectors(shard), mmap_mode="r", allow_pickle=False)
            if gathered is None:
                gathered = empty((len(digests), vectors.shape[1]), self.folder)
            source = np.repeat(np.arange(len(held)), counts)
            within = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
            target = order[np.repeat(start, counts) + within]
            for part in range(0, len(source), 1 << 16):
                gathered[target[part : part + (1 << 16)]] = vectors[source[part : part + (1 << 16)]]
        if gathered is None:
            raise KeyError(f"None of the contents is kept in {self.folder}.")
        return gathered

    def _shards(self) -> list[Path]:
        return sorted(self.folder.glob("*.digests.npy"))

    @staticmethod
    def _vectors(shard: Path) -> Path:
        return shard.with_name(shard.name.replace(".digests.", ".vectors."))
