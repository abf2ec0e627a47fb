"""What an encoder is, and the kind whose embedding of a row depends on that row alone: it is cached per content."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.arrays.embeddings import EmbeddingCache
from core.modalities.payloads import Payloads
from core.progress import Report

Batch = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Positions (m,) and their vectors (m, d)."""

FLUSH_ROWS, FLUSH_SECONDS = 8192, 20.0
"""New vectors go to disk at the latest after so many rows or seconds."""


class Encoder(Protocol):
    """Examples in, float32 (n, d) out."""

    @property
    def name(self) -> str:
        """As the person named it."""

    @property
    def kind(self) -> str:
        """The name of the modality that it encodes."""

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> NDArray[np.float32]:
        """One vector per example, shape (n, d)."""


@runtime_checkable
class WordEncoder(Protocol):
    """An encoder that has something to say of each word of a text."""

    def words(
        self, payloads: Payloads, bounds: Sequence[NDArray[np.int64]], arrays: Path, tick: Report
    ) -> NDArray[np.float16]:
        """(w, d) of the words at `bounds`, (m, 2) of each text: start and stop in characters."""


class RowEncoder(ABC):
    """An encoder that looks at one example at a time, so that an added row costs one row."""

    name: str
    kind: str

    @property
    @abstractmethod
    def key(self) -> str:
        """Names model, version and settings: another key, another embedding."""

    @abstractmethod
    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        """Vectors of the rows asked for, in batches, in whatever order is quickest."""

    def costs(self, payloads: Payloads, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """What encoding each of the rows costs beside the others, (m,), in any unit: all the same unless it says."""
        return np.ones(len(rows))

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> NDArray[np.float32]:
        """One vector per example, shape (n, d): from the cache, and encoded where it has none. What `tick` is told is
        in rows of mean cost, so that it goes on at an even pace whichever come first.

        What was encoded before an exception, a stop among them, is kept.
        """
        cache = EmbeddingCache(arrays / "embeddings" / self.key)
        rows = cache.missing(payloads.digests)
        if len(rows):
            self._encode_into(cache, payloads, rows, tick)
        return cache.gather(payloads.digests)

    def _encode_into(self, cache: EmbeddingCache, payloads: Payloads, rows: NDArray[np.int64], tick: Report) -> None:
        waiting: list[Batch] = []
        done, flushed_at = 0.0, time.monotonic()
        costs = np.zeros(len(payloads))
        costs[rows] = self.costs(payloads, rows)
        costs *= len(rows) / max(costs.sum(), 1e-9)
        left = len(rows)
        tick(0, len(rows))
        try:
            for batch in self.encode(payloads, rows):
                waiting.append(batch)
                done += costs[batch[0]].sum()
                left -= len(batch[0])
                held = sum(len(one[0]) for one in waiting)
                if held >= FLUSH_ROWS or time.monotonic() - flushed_at > FLUSH_SECONDS:
                    _flush(cache, payloads, waiting)
                    waiting, flushed_at = [], time.monotonic()
                tick(round(done, 3) if left else len(rows), len(rows))
        finally:
            _flush(cache, payloads, waiting)


def _flush(cache: EmbeddingCache, payloads: Payloads, batches: list[Batch]) -> None:
    if batches:
        rows = np.concatenate([rows for rows, _ in batches])
        cache.append(payloads.digests[rows], np.concatenate([vectors for _, vectors in batches]))
