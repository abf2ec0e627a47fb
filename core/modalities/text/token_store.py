"""Token ids kept per content, so that a text is cut into tokens once for all runs of a model.

A folder per model and longest text. Each shard is a Parquet file (digest, tokens) that is written once and never
changed; it counts once it has its name (by rename).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

CHUNK = 4096
"""Texts cut into tokens at a time."""
FLUSH_CHUNKS = 64
"""New tokens go to disk at the latest after so many chunks."""
DIGEST = "S16"


def sweep(folder: Path, kept: NDArray[np.bytes_]) -> None:
    """Removes the shards of every model in `folder` that hold none of the contents `kept` (n,)."""
    for shard in folder.glob("*/*.parquet"):
        if not np.isin(_digests(pq.read_table(shard, columns=["digest"])), kept).any():
            shard.unlink()


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
    tick: Callable[[float, float], None],
) -> Tokens:
    """The tokens of the contents `digests` (n,): from `folder`, and made by `encode` where it has none.

    `texts` gives the texts at some positions. What was made before `tick` (done, total) raises is kept.
    """
    known = _known(folder)
    unique, first = np.unique(digests, return_index=True)
    missing = first[~np.isin(unique, known)]
    waiting: list[tuple[NDArray[np.bytes_], list[list[int]]]] = []
    try:
        for start in range(0, len(missing), CHUNK):
            tick(start, len(missing))
            rows = missing[start : start + CHUNK]
            waiting.append((digests[rows], encode(texts(rows))))
            if len(waiting) >= FLUSH_CHUNKS:
                _append(folder, waiting)
                waiting = []
    finally:
        _append(folder, waiting)
    return _gather(folder, digests)


def _append(folder: Path, waiting: list[tuple[NDArray[np.bytes_], list[list[int]]]]) -> None:
    if not waiting:
        return
    folder.mkdir(parents=True, exist_ok=True)
    digests = np.concatenate([part for part, _ in waiting]).astype(DIGEST)
    tokens = [one for _, part in waiting for one in part]
    fixed = pa.Array.from_buffers(pa.binary(16), len(digests), [None, pa.py_buffer(digests.tobytes())])
    table = pa.table({"digest": fixed, "tokens": pa.array(tokens, pa.large_list(pa.int32()))})
    part = folder / f"{uuid.uuid4().hex}.part"
    pq.write_table(table, part)
    part.rename(part.with_suffix(".parquet"))


def _known(folder: Path) -> NDArray[np.bytes_]:
    shards = [_digests(pq.read_table(shard, columns=["digest"])) for shard in sorted(folder.glob("*.parquet"))]
    return np.concatenate(shards) if shards else np.empty(0, DIGEST)


def _digests(table: pa.Table) -> NDArray[np.bytes_]:
    column = table.column("digest").combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks)
    return np.frombuffer(column.buffers()[1], DIGEST)[column.offset : column.offset + len(column)]


def _gather(folder: Path, digests: NDArray[np.bytes_]) -> Tokens:
    tables = [pq.read_table(shard) for shard in sorted(folder.glob("*.parquet"))]
    held = np.concatenate([_digests(table) for table in tables])
    order = np.argsort(held, kind="stable")
    places = order[np.searchsorted(held[order], digests)]
    lists = pa.concat_arrays([chunk for table in tables for chunk in table.column("tokens").chunks])
    taken = lists.take(pa.array(places))
    return Tokens(taken.flatten().to_numpy(), taken.offsets.to_numpy().astype(np.int64))
