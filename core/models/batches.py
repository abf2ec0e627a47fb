"""What goes through a model at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def token_batches(lengths: list[int], limit: int) -> list[NDArray[np.int64]]:
    """Positions in batches of similar length whose size times longest text stays within `limit` tokens, longest first;
    a text longer than that makes a batch of its own."""
    order = np.argsort(-np.asarray(lengths), kind="stable")
    batches, start = [], 0
    while start < len(order):
        size = max(1, limit // max(1, lengths[order[start]]))
        batches.append(order[start : start + size])
        start += size
    return batches
