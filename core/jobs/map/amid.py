"""Where rows lie that UMAP did not learn from: amid the nearest of those that it did."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import row_chunks

NEAR = 5
"""Each lies amid so many, the nearest counting most: hours quicker than to have UMAP move them as well."""
BESIDE = 0.25
"""Only those of them count that lie so near to the nearest one on the map, in UMAP's own units. Amid some of another
part of the map a row would lie where nothing like it is: of 16,905 texts, learnt from one in 20, .26 of the 15 nearest
are kept by this, .19 without."""
PROBED = 8
"""Cells that are searched for them."""
ROUNDS = 5
"""Of k-means, which makes the cells; what they look like matters little."""


class Amid:
    """Contents that have a place, in about √m cells by the direction of their embeddings. Of a content only the cells
    nearest to it are searched for its nearest (an inverted file: Sivic and Zisserman, Video Google, 2003), in place of
    all: a minute in place of a quarter of an hour for a million beside 50,000."""

    def __init__(self, vectors: NDArray[np.float32], places: NDArray[np.float32], seed: int) -> None:
        """`vectors` (m, d), m > 0, with their `places` (m, 2)."""
        self._places = places
        self._vectors = unit(vectors)
        cells = max(1, round(len(vectors) ** 0.5))
        draw = np.random.default_rng(seed)
        self._middles = self._vectors[np.sort(draw.choice(len(vectors), cells, replace=False))]
        for _ in range(ROUNDS):
            of = (self._vectors @ self._middles.T).argmax(1)
            self._middles = _means(self._vectors, of, self._middles)
        of = (self._vectors @ self._middles.T).argmax(1)
        self._order = np.argsort(of, kind="stable")
        filled, first = np.unique(of[self._order], return_index=True)
        self._middles = self._middles[filled]  # of equal middles all but one stay empty: none is searched
        self._ends = np.append(first, len(vectors))
        self._vectors = self._vectors[self._order]  # each cell's lie in one piece

    def placed(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The places (n, 2) of contents with the embeddings (n, d)."""
        rows, cosines = self.nearest(vectors)
        places = self._places[rows]
        apart = places - np.take_along_axis(places, cosines.argmax(1)[:, None, None], 1)
        counts = (rows >= 0) & (np.hypot(apart[:, :, 0], apart[:, :, 1]) <= BESIDE)
        weights = np.where(counts, 1 / np.maximum(1 - cosines, 1e-3), 0)[:, :, None]
        return np.asarray((places * weights).sum(1) / weights.sum(1), np.float32)

    def nearest(self, vectors: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The `NEAR` most alike in the cells that are searched, (n, NEAR), and their cosines: in no order, and -1 where
        these cells hold fewer."""
        asked = unit(vectors)
        near = (asked @ self._middles.T).argsort(1)[:, ::-1][:, :PROBED]
        probed = near.shape[1]
        rows = np.full((len(asked), probed, NEAR), -1, np.int64)
        cosines = np.full((len(asked), probed, NEAR), -np.inf, np.float32)
        for cell in range(len(self._middles)):
            start, end = int(self._ends[cell]), int(self._ends[cell + 1])
            who, turn = np.nonzero(near == cell)
            few = min(NEAR, end - start)
            for some in row_chunks(len(who), end - start):  # where many are equal, one cell holds them all
                found = asked[who[some]] @ self._vectors[start:end].T
                best = np.argpartition(found, -few, 1)[:, -few:]
                rows[who[some], turn[some], :few] = self._order[start + best]
                cosines[who[some], turn[some], :few] = np.take_along_axis(found, best, 1)
        rows, cosines = rows.reshape(len(asked), probed * NEAR), cosines.reshape(len(asked), probed * NEAR)
        best = np.argpartition(cosines, -NEAR, 1)[:, -NEAR:]
        return np.take_along_axis(rows, best, 1), np.take_along_axis(cosines, best, 1)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """They (n, d) with length 1; one of length 0 stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _means(vectors: NDArray[np.float32], of: NDArray[np.int64], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middle of each cell, with length 1; of an empty one as `before`."""
    order = np.argsort(of, kind="stable")
    filled, first = np.unique(of[order], return_index=True)
    means = before.copy()
    means[filled] = unit(np.add.reduceat(vectors[order], first, axis=0))
    return means
