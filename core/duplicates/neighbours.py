"""The nearest rows of each row by cosine similarity, in chunks: never all pairs in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.arrays.device import device
from core.progress import Report, unheard

COUNT = 5
QUERIES, BLOCK = 1024, 1 << 14
"""Queries and rows that are compared at a time."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest other rows of some rows, nearest first."""

    rows: NDArray[np.int64]
    """(m, c) positions."""
    similarities: NDArray[np.float32]
    """(m, c) cosines."""

    def first(self, count: int, of: slice | NDArray[np.int64] = slice(None)) -> Neighbours:
        """The `count` nearest, of some of the rows."""
        return Neighbours(self.rows[of, :count], self.similarities[of, :count])


def nearest(
    embeddings: NDArray[np.float32],
    queries: NDArray[np.int64],
    tick: Report = unheard,
    count: int = COUNT,
    among: NDArray[np.int64] | None = None,
) -> Neighbours:
    """The `count` nearest rows (fewer where there are fewer) of the rows `queries` (m,), themselves left out; sought
    `among` (r,) rows, ascending, all of them where it is None."""
    among = np.arange(len(embeddings)) if among is None else among
    count = max(0, min(count, len(among) - 1))
    where = device()
    rows, similarities = [np.empty((0, count), np.int64)], [np.empty((0, count), np.float32)]
    for start in range(0, len(queries), QUERIES):
        asked = queries[start : start + QUERIES]
        mine = _unit(embeddings[asked]).to(where)
        best = torch.full((len(asked), 0), 0.0, device=where)
        found = torch.empty((len(asked), 0), dtype=torch.int64, device=where)
        for base in range(0, len(among), BLOCK):
            part = among[base : base + BLOCK]
            cosines = mine @ _unit(embeddings[part]).to(where).T
            place = np.searchsorted(part, asked).clip(max=len(part) - 1)
            inside = np.flatnonzero(part[place] == asked)
            cosines[torch.from_numpy(inside).to(where), torch.from_numpy(place[inside]).to(where)] = -torch.inf
            top = cosines.topk(min(count, cosines.shape[1]), dim=1)
            best, found = torch.cat([best, top.values], 1), torch.cat([found, top.indices + base], 1)
            best, order = best.topk(min(count, best.shape[1]), dim=1)
            found = found.gather(1, order)
        rows.append(among[found.cpu().numpy()])
        similarities.append(best.cpu().numpy())
        tick(start + len(asked), len(queries))
    return Neighbours(np.concatenate(rows), np.concatenate(similarities))


def _unit(part: NDArray[np.float32]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.from_numpy(np.asarray(part, np.float32)), dim=1)
