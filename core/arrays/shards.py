"""Arrays kept per content: what was made of a content once is never made again, not even after a kill.

A folder per way of making them. Each shard is a few files that are written once and never changed: `<id>.<part>.npy`,
one or more, then `<id>.digests.npy` (m,), whose appearance (by rename) makes the shard count. Where a content is one
array of a shape that all share, the part is `vectors` (m, …); lists of any length are a part with all of them, one
after the other, and one that says where each begins.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files import whole

DIGEST = "S16"
"""The first 16 bytes of a content hash: 128 bits, so that two contents never share one."""
_VECTORS = "vectors"


def sweep(folder: Path, kept: NDArray[np.bytes_]) -> None:
    """Removes the shards in the folders of `folder` that hold none of the contents `kept` (n,)."""
    for shard in folder.glob("*/*.digests.npy"):
        if not np.isin(np.load(shard, allow_pickle=False), kept).any():
            shard.unlink()
            for part in shard.parent.glob(f"{_id(shard)}.*.npy"):
                part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The contents that somebody asks for, in the order asked; one may be asked for more than once."""

    order: NDArray[np.int64]
    """(n,) what sorts them."""
    ordered: NDArray[np.bytes_]
    """(n,)"""

    @staticmethod
    def of(digests: NDArray[np.bytes_]) -> Wanted:
        order = np.argsort(digests)
        return Wanted(order, digests[order])

    def found(self, held: NDArray[np.bytes_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which of the contents `held` (m,) are asked for, and at which positions: both (p,), pair by pair."""
        start, stop = np.searchsorted(self.ordered, held, "left"), np.searchsorted(self.ordered, held, "right")
        counts = stop - start
        source = np.repeat(np.arange(len(held)), counts)
        within = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
        return source, self.order[np.repeat(start, counts) + within]


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards in `folder`, all of one kind and dtype. Several processes may write to it at once."""

    folder: Path

    def append(self, digests: NDArray[np.bytes_], arrays: NDArray[Any]) -> Path:
        """Keeps the arrays (m, …) of the contents `digests` (m,): whole or, after a kill, not at all. Returns the
        shard."""
        return self.append_parts(digests, {_VECTORS: arrays})

    def append_parts(self, digests: NDArray[np.bytes_], parts: Mapping[str, NDArray[Any]]) -> Path:
        """`append` for contents that are kept in parts by name, whatever the shape of each."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        for part, array in (*parts.items(), ("digests", np.asarray(digests, DIGEST))):
            with whole(self.folder / f"{name}.{part}.npy") as unfinished, unfinished.open("wb") as file:
                np.save(file, array, allow_pickle=False)
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
    def arrays(shard: Path, part: str = _VECTORS) -> NDArray[Any]:
        """Their arrays, (m, …), or another of their parts, read from the file as they are used."""
        return np.asarray(np.load(shard.with_name(f"{_id(shard)}.{part}.npy"), mmap_mode="r", allow_pickle=False))


def _id(shard: Path) -> str:
    return shard.name.partition(".")[0]
