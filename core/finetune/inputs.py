"""Batches on their way to the device: what they are padded to, and how they are filled up."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from core.modalities.inputs import Given

BUCKETS = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 320, 384, 448, 512)
"""Lengths that texts are padded to on an accelerator: a few shapes, each recorded once."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A batch on the host, ready to be copied."""

    given: Given
    """Tensors whose first dimension is the batch's."""
    length: int
    """What its texts are padded to."""


def padded_length(longest: int, limit: int, where: torch.device) -> int:
    """The length that a batch is padded to: that of its longest text; on an accelerator the next of `BUCKETS`, but no
    more than `limit`, the longest text of all."""
    if where.type == "cpu":
        return longest
    return min(limit, next((bucket for bucket in BUCKETS if bucket >= longest), limit))


def filled_up(given: Given, size: int) -> Given:
    """`given` with its first example repeated at the end until there are `size`: so many shapes fewer."""
    missing = size - len(next(iter(given.values())))
    if missing <= 0:
        return given
    return {name: torch.cat([value, value[:1].expand(missing, *value.shape[1:])]) for name, value in given.items()}
