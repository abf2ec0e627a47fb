"""What goes through a model at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def token_batches(
    lengths: Sequence[int] | NDArray[np.int64], limit: int, enough: int | None = None
) -> list[NDArray[np.int64]]:
    """Positions in batches of similar length whose size times longest text stays within `limit` tokens, longest first;
    a text longer than that makes a batch of its own.

    A batch that has `enough` tokens without its shorter texts ends before them, so that it needs no padding.
    """
    counts = np.asarray(lengths)
    order = np.argsort(-counts, kind="stable")
    ordered = counts[order]
    batches, start = [], 0
    while start < len(order):
        longest = max(1, int(ordered[start]))
        stop = start + max(1, limit // longest)
        if enough is not None:
            same = start + int(np.searchsorted(-ordered[start:stop], -ordered[start], "right"))
            stop = same if (same - start) * longest >= enough else stop
        batches.append(order[start:stop])
        start = stop
    return batches


def packed_batches(lengths: NDArray[np.int64], limit: int) -> list[NDArray[np.int64]]:
    """Positions in batches of at most `limit` tokens in sum, longest first; a text longer than that makes a batch of
    its own. For models that take texts end to end, without padding."""
    order = np.argsort(-lengths, kind="stable")
    ends = np.cumsum(lengths[order])
    batches, start = [], 0
    while start < len(order):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + limit, "right")))
        batches.append(order[start:stop])
        start = stop
    return batches
