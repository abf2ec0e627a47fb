"""Arrays kept per content: what was made of a content once is never made again, not even after a kill.

A folder per way of making them. Each shard is a pair of files that are written once and never changed:
`<id>.vectors.npy` (m, …) and `<id>.digests.npy` (m,), whose appearance (by rename) makes the shard count.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGEST = "S16"
"""The first 16 bytes of a content hash: 128 bits, so that two contents never share one."""


def sweep(folder: Path, kept: NDArray[np.bytes_]) -> None:
    """Removes the shards in the folders of `folder` that hold none of the contents `kept` (n,)."""
    for shard in folder.glob("*/*.digests.npy"):
        if not np.isin(np.load(shard, allow_pickle=False), kept).any():
            shard.unlink()
            _vectors(shard).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards in `folder`, all of one shape and dtype. Several processes may write to it at once."""

    folder: Path

    def append(self, digests: NDArray[np.bytes_], arrays: NDArray[Any]) -> Path:
        """Keeps the arrays (m, …) of the contents `digests` (m,): whole or, after a kill, not at all. Returns the
        shard."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        for kind, array in (("vectors", arrays), ("digests", np.asarray(digests, DIGEST))):
            part = self.folder / f"{name}.{kind}.part"
            try:
                with part.open("wb") as file:
                    np.save(file, array, allow_pickle=False)
                part.replace(self.folder / f"{name}.{kind}.npy")
            finally:
                part.unlink(missing_ok=True)
        return self.folder / f"{name}.digests.npy"

    def missing(self, digests: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Positions in `digests` whose content is not kept yet, one per content, in order."""
        unique, first = np.unique(digests, return_index=True)
        kept = [self.digests(shard) for shard in self.all()]
        known = np.isin(unique, np.concatenate(kept)) if kept else np.zeros(len(unique), bool)
        return np.sort(first[~known])

    def all(self) -> list[Path]:
        """Every shard that counts, by name."""
        return sorted(self.folder.glob("*.digests.npy"))

    @staticmethod
    def digests(shard: Path) -> NDArray[np.bytes_]:
        """The contents of a shard, (m,)."""
        found: NDArray[np.bytes_] = np.load(shard, allow_pickle=False)
        return found

    @staticmethod
    def arrays(shard: Path) -> NDArray[Any]:
        """Their arrays, (m, …), read from the file as they are used."""
        return np.asarray(np.load(_vectors(shard), mmap_mode="r", allow_pickle=False))


def _vectors(shard: Path) -> Path:
    return shard.with_name(shard.name.replace(".digests.", ".vectors."))
