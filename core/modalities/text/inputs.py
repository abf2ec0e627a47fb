"""Texts as a model takes them: token ids, gathered on the device where they fit there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import free_bytes
from core.modalities.inputs import Given
from core.modalities.text.token_store import Tokens

RESIDENT_SHARE = 0.25
"""Examples lie on the device as a whole where they take no more than this share of its free memory."""
CPU_TOKENS, TOKENS = 2048, 1 << 16
"""Tokens of a batch without gradients, padding included: on the CPU, and on an accelerator."""


@dataclass(frozen=True, slots=True)
class TokenInputs:
    """Texts as token ids, one after the other in one tensor, which lies on the device where it fits."""

    values: Tensor
    """(t,) int32: the ids of all texts."""
    kept: Tokens
    """The same on the host, with where each text begins."""
    places: NDArray[np.int64]
    """(n,) which of the kept texts these are."""
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
        places = np.arange(len(tokens.lengths))
        return TokenInputs(values.to(where) if resident else values, tokens, places, tokens.lengths, padding, resident)

    def at_a_time(self, where: torch.device) -> int:
        return CPU_TOKENS if where.type == "cpu" else TOKENS

    def words(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The padding token is one, whether or not a text has it: the model need not name it as its own."""
        return np.union1d(self.kept.occurring(self.places[rows]), [self.padding])

    def take(self, rows: NDArray[np.int64]) -> TokenInputs:
        """Some of the texts, in the order asked."""
        return replace(self, places=self.places[rows], lengths=self.lengths[rows])

    def tokens(self, rows: NDArray[np.int64]) -> int:
        return int(self.lengths[rows].sum())

    def host(self, rows: NDArray[np.int64], length: int) -> Given:
        """Where each text begins and how long it is; its tokens only where they are not on the device already."""
        spans = torch.from_numpy(np.stack([self.kept.offsets[self.places[rows]], self.lengths[rows]], 1))
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
