"""Trains only those rows of a text model's word embeddings whose words occur: often a tenth of them.

A row whose word never occurs has a gradient of zero in every step, so that AdamW leaves it alone but for weight decay
(it is not decayed here: nothing was learnt about it). Leaving such rows out takes nothing from the result and saves
their share of every gradient, moment, checkpoint and sum over processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

SAVING = 0.75
"""Only where at most this share of the rows occurs."""


class OccurringWords(nn.Module):
    """An embedding of the words that occur; any other is an error of the caller's, as with an id beyond the end."""

    def __init__(self, whole: nn.Embedding, words: torch.Tensor) -> None:
        super().__init__()
        places = torch.full((whole.num_embeddings,), whole.num_embeddings, dtype=torch.int64, device=words.device)
        places[words] = torch.arange(len(words), device=words.device)
        self.register_buffer("places", places, persistent=False)
        self.weight = nn.Parameter(whole.weight.detach()[words].clone())
        self.padding = None if whole.padding_idx is None else int(places[whole.padding_idx])
        self.places: torch.Tensor

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return nn.functional.embedding(self.places[tokens], self.weight, self.padding)


@contextmanager
def only_occurring(model: Any, words: NDArray[np.int64] | None) -> Iterator[None]:
    """Within, `model` has an embedding of `words` (sorted token ids) alone in place of the whole one, which gets their
    rows back at the end. Does nothing with None, and where there is nothing to save or no embedding of its own."""
    whole: Any = None if words is None else model.get_input_embeddings()
    if words is None or not _fits(model, whole, words):
        yield
        return
    padding = [] if whole.padding_idx is None else [whole.padding_idx]
    kept = torch.from_numpy(np.union1d(words, np.array(padding, np.int64))).to(whole.weight.device)
    part = OccurringWords(whole, kept)
    model.set_input_embeddings(part)
    try:
        yield
    finally:
        # Out of the model, `whole` has stayed where it was when the model was moved.
        where = part.weight.device
        whole.to(where)
        with torch.no_grad():
            whole.weight[kept.to(where)] = part.weight.detach()
        model.set_input_embeddings(whole)


def _fits(model: Any, whole: Any, words: NDArray[np.int64]) -> bool:
    if type(whole) is not nn.Embedding or not whole.weight.requires_grad or whole.max_norm is not None:
        return False
    uses = sum(weight is whole.weight for _, weight in model.named_parameters(remove_duplicate=False))
    return uses == 1 and len(words) <= SAVING * whole.num_embeddings
