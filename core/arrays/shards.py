"""Arrays kept per content: what was made of a content once is never made again, not even after a kill.

A folder per way of making them. Each shard is a few files that are written once and never changed: `<id>.<part>.npy`,
one or more, `<id>.sums.json` with a checksum of each, then `<id>.digests.npy` (m,), whose appearance (by rename) makes
the shard count. A shard is held against its checksums before a process first uses it; one that is cut, changed or lacks
a file is dropped, and what it held is made anew. Those of before 0.3 have no checksums: their sizes alone are held
against what their headers say. Where a content is one
array of a shape that all share, the part is `vectors` (m, …); lists of any length are a part with all of them, one
after the other, and one that says where each begins.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.checksum import checksum
from core.files import whole

DIGEST = "S16"
"""The first 16 bytes of a content hash: 128 bits, so that two contents never share one."""
_VECTORS = "vectors"
_SUMS = "sums.json"
_LOG = logging.getLogger("winnow")
_whole: set[Path] = set()
"""Shards that this process has looked at or written."""


def sweep(folder: Path, kept: NDArray[np.bytes_]) -> None:
    """Removes the shards in the folders of `folder` that hold none of the contents `kept` (n,), or do not say which."""
    for shard in folder.glob("*/*.digests.npy"):
        try:
            held = bool(np.isin(np.load(shard, allow_pickle=False), kept).any())
        except (OSError, ValueError, EOFError):
            held = False
        if not held:
            drop(shard)


def drop(shard: Path) -> None:
    """Removes a shard; first the file that makes it count."""
    shard.unlink(missing_ok=True)
    for part in shard.parent.glob(f"{_id(shard)}.*"):
        part.unlink(missing_ok=True)


def problem_of(shard: Path) -> str:
    """What is wrong with a shard: an empty text where its files are as they were written. Reads all of them: a second
    for some gigabytes."""
    sums = shard.with_name(f"{_id(shard)}.{_SUMS}")
    try:
        if not sums.exists():
            return _problem_of_old(shard)
        for name, known in json.loads(sums.read_text(encoding="utf-8")).items():
            if checksum(shard.with_name(name)) != known:
                return f"{name} is not as it was written"
    except (OSError, ValueError, EOFError, AttributeError) as error:
        return str(error)
    return ""


def _problem_of_old(shard: Path) -> str:
    """By what the headers say; a shard has `vectors`, or several other parts."""
    parts = [part for part in shard.parent.glob(f"{_id(shard)}.*.npy") if part != shard]
    for part in (shard, *parts):
        np.load(part, mmap_mode="r", allow_pickle=False)
    whole_set = len(parts) > 1 or any(part.name.endswith(f".{_VECTORS}.npy") for part in parts)
    return "" if whole_set else "its arrays are missing"


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
        name, sums = uuid.uuid4().hex, {}
        for part, array in parts.items():
            with whole(self.folder / f"{name}.{part}.npy") as unfinished:
                sums[f"{name}.{part}.npy"] = _written(unfinished, array)
        shard = self.folder / f"{name}.digests.npy"
        with whole(shard) as unfinished:
            sums[shard.name] = _written(unfinished, np.asarray(digests, DIGEST))
            with whole(self.folder / f"{name}.{_SUMS}") as listed:
                listed.write_text(json.dumps(sums), encoding="utf-8")
        _whole.add(shard)
        return shard

    def is_whole(self, shard: Path) -> bool:
        """Whether a shard may be used; looked at once per process. One that may not is dropped."""
        if shard not in _whole:
            if problem := problem_of(shard):
                _LOG.warning("%s is dropped and made anew: %s", shard.with_name(_id(shard)), problem)
                drop(shard)
                return False
            _whole.add(shard)
        return True

    def missing(self, digests: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Positions in `digests` whose content is not kept yet, one per content, in order."""
        unique, first = np.unique(digests, return_index=True)
        known = np.zeros(len(unique), bool)
        for shard in self.all():
            held = np.isin(unique, self.digests(shard))
            if held.any() and self.is_whole(shard):
                known |= held
        return np.sort(first[~known])

    def all(self) -> list[Path]:
        """Every shard that counts and names its contents, by name; whether its arrays may be used, `is_whole` says."""
        return [shard for shard in sorted(self.folder.glob("*.digests.npy")) if self._names_contents(shard)]

    def _names_contents(self, shard: Path) -> bool:
        try:
            return shard in _whole or self.digests(shard).ndim == 1
        except (OSError, ValueError, EOFError):
            return self.is_whole(shard)

    @staticmethod
    def digests(shard: Path) -> NDArray[np.bytes_]:
        """The contents of a shard, (m,)."""
        found: NDArray[np.bytes_] = np.load(shard, allow_pickle=False)
        return found

    @staticmethod
    def arrays(shard: Path, part: str = _VECTORS) -> NDArray[Any]:
        """Their arrays, (m, …), or another of their parts, read from the file as they are used."""
        return np.asarray(np.load(shard.with_name(f"{_id(shard)}.{part}.npy"), mmap_mode="r", allow_pickle=False))


def _written(file: Path, array: NDArray[Any]) -> str:
    """Writes an array and returns its file's checksum."""
    with file.open("wb") as opened:
        np.save(opened, array, allow_pickle=False)
    return checksum(file)


def _id(shard: Path) -> str:
    return shard.name.partition(".")[0]
