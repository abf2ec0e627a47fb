"""What the model takes of examples, made in two parts: little on the host, the rest on the device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import free_bytes
from core.modalities.text.token_store import Tokens

RESIDENT_SHARE = 0.25
"""Examples lie on the device as a whole where they take no more than this share of its free memory."""
BUCKETS = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 320, 384, 448, 512)
"""Lengths that texts are padded to on an accelerator: a few shapes, each recorded once."""

Given = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A batch on the host, ready to be copied."""

    given: Given
    """Tensors whose first dimension is the batch's."""
    length: int
    """What its texts are padded to."""


class Inputs(Protocol):
    """n examples by position."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) what padding depends on: tokens; 1 for an image, since all are of one size."""

    def tokens(self, rows: NDArray[np.int64]) -> int:
        """Tokens of these examples, without padding; 0 of what has none."""

    def host(self, rows: NDArray[np.int64], length: int) -> Given:
        """What is copied to the device of the examples `rows` (b,), which are not longer than `length`: tensors on the
        CPU whose first dimension is b."""

    def take(self, rows: NDArray[np.int64]) -> Inputs:
        """Some of the examples, in the order asked."""

    def expand(self, given: Given, length: int) -> Given:
        """What `model(**inputs)` takes, out of `host`'s tensors once they are on the device. Waits for nothing."""


def padded_length(longest: int, limit: int, where: torch.device) -> int:
    """The length that a batch is padded to: that of its longest text; on an accelerator the next of `BUCKETS`, but no
    more than `limit`, the longest text of all."""
    if where.type == "cpu":
        return longest
    return min(limit, next((bucket for bucket in BUCKETS if bucket >= longest), limit))


@dataclass(frozen=True, slots=True)
class TokenInputs:
    """Texts as token ids, one after the other in one tensor, which lies on the device where it fits."""

    values: Tensor
    """(t,) int32: the ids of all texts."""
    starts: NDArray[np.int64]
    """(n,) where each text begins."""
    lengths: NDArray[np.int64]
    """(n,)"""
    padding: int
    """Id of the padding token."""
    resident: bool
    """Whether `values` lies where the model does."""

    @staticmethod
    def of(tokens: Tokens, padding: int, where: torch.device) -> TokenInputs:
        """All of the tokens, for a model on the device `where`."""
        values = torch.from_numpy(np.ascontiguousarray(tokens.values, np.int32))
        free = free_bytes(where)
        resident = free is None or values.nbytes <= RESIDENT_SHARE * free
        return TokenInputs(
            values.to(where) if resident else values, tokens.offsets[:-1], tokens.lengths, padding, resident
        )

    def take(self, rows: NDArray[np.int64]) -> TokenInputs:
        """Some of the texts, in the order asked."""
        return replace(self, starts=self.starts[rows], lengths=self.lengths[rows])

    def tokens(self, rows: NDArray[np.int64]) -> int:
        return int(self.lengths[rows].sum())

    def host(self, rows: NDArray[np.int64], length: int) -> Given:
        """Where each text begins and how long it is; its tokens only where they are not on the device already."""
        spans = torch.from_numpy(np.stack([self.starts[rows], self.lengths[rows]], 1))
        return {"spans": spans} if self.resident else self._gathered(spans, length)

    def expand(self, given: Given, length: int) -> Given:
        return self._gathered(given["spans"], length) if self.resident else given

    def _gathered(self, spans: Tensor, length: int) -> Given:
        """`input_ids` and `attention_mask`, int64 (b, length), padded on the right."""
        places = torch.arange(length, device=spans.device)
        mask = places < spans[:, 1:]
        at = (spans[:, :1] + places).clamp(max=len(self.values) - 1)
        tokens = torch.where(mask, self.values[at].long(), self.padding)
        return {"input_ids": tokens, "attention_mask": mask.long()}


@dataclass(frozen=True, slots=True)
class LoadedInputs:
    """Examples that are loaded when they are due, such as images."""

    rows: NDArray[np.int64]
    """(n,) what `load` knows them by."""
    load: Callable[[NDArray[np.int64]], Given]
    """What is copied to the device of these."""
    prepare: Callable[[Given], Given] = lambda given: given
    """What the model takes, made on the device of it."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.ones(len(self.rows), np.int64)

    def take(self, rows: NDArray[np.int64]) -> LoadedInputs:
        """Some of the examples, in the order asked."""
        return replace(self, rows=self.rows[rows])

    def tokens(self, rows: NDArray[np.int64]) -> int:
        return 0

    def host(self, rows: NDArray[np.int64], length: int) -> Given:
        return self.load(self.rows[rows])

    def expand(self, given: Given, length: int) -> Given:
        return self.prepare(given)


def filled_up(given: Given, size: int) -> Given:
    """`given` with its first example repeated at the end until there are `size`: so many shapes fewer."""
    missing = size - len(next(iter(given.values())))
    if missing <= 0:
        return given
    return {name: torch.cat([value, value[:1].expand(missing, *value.shape[1:])]) for name, value in given.items()}
