"""The nearest rows of every row, as far as that can be afforded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.duplicates.neighbours import Neighbours, nearest
from core.progress import Report, unheard

COUNT = 10
"""Nearest rows that are kept."""
OPERATIONS = 2e11
"""All pairs are compared where that takes no more floating-point operations than this."""
SAMPLE = 2_048
"""So many rows, drawn with a seed, stand for all others where there are too many pairs."""


class Neighbourhood:
    """Nearest rows by cosine, each search made once."""

    def __init__(
        self,
        embeddings: NDArray[np.float32],
        tick: Report = unheard,
        timed: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._embeddings, self._tick, self._timed = embeddings, tick, timed

    @property
    def affordable(self) -> bool:
        """Whether every row is compared with every other one."""
        rows, width = self._embeddings.shape
        return bool(2.0 * rows * rows * width <= OPERATIONS)

    @property
    def compared(self) -> int:
        """Rows that `everyone` compares each row with."""
        return len(self._embeddings) if self.affordable else SAMPLE

    def of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Neighbours]:
        """The nearest of all rows: of `rows` (m,), ascending, or of every row where that costs nothing more; with the
        rows that they are of."""
        if self.affordable:
            return np.arange(len(self._embeddings)), self.everyone
        with self._timed():
            return rows, nearest(self._embeddings, rows, self._tick, COUNT)

    def among(self, rows: NDArray[np.int64]) -> SomeNeighbours:
        """The neighbourhood of some rows (m,), ascending."""
        return SomeNeighbours(self, rows)

    @cached_property
    def everyone(self) -> Neighbours:
        """(n, c) the nearest rows of each; where not all pairs are affordable, of those in a sample."""
        rows = np.arange(len(self._embeddings))
        with self._timed():
            return nearest(self._embeddings, rows, self._tick, COUNT, None if self.affordable else self._sample())

    def _sample(self) -> NDArray[np.int64]:
        return np.sort(np.random.default_rng(0).choice(len(self._embeddings), SAMPLE, replace=False))


class SomeNeighbours:
    """The neighbourhood of some rows (m,), ascending, by their places among these; near them is whichever row is."""

    def __init__(self, inner: Neighbourhood, chosen: NDArray[np.int64]) -> None:
        self._inner, self._chosen = inner, chosen

    @property
    def affordable(self) -> bool:
        """As for all rows."""
        return self._inner.affordable

    @property
    def compared(self) -> int:
        """As for all rows."""
        return self._inner.compared

    def of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Neighbours]:
        """As `Neighbourhood.of`."""
        found, near = self._inner.of(self._chosen[rows])
        mine = np.flatnonzero(np.isin(found, self._chosen))
        return np.searchsorted(self._chosen, found[mine]), near.first(near.rows.shape[1], mine)

    @property
    def everyone(self) -> Neighbours:
        """As `Neighbourhood.everyone`."""
        near = self._inner.everyone
        return near.first(near.rows.shape[1], self._chosen)

    def among(self, rows: NDArray[np.int64]) -> SomeNeighbours:
        """Of some of these, by their places among these."""
        return SomeNeighbours(self._inner, self._chosen[rows])
