"""How long an input a text model can see, by its own account."""

from __future__ import annotations

from typing import Any

from torch import nn

ANY = 1 << 30
"""Longer than any text: the model has no end of its own."""


def positions_of(model: Any) -> int:
    """Tokens that a model of transformers has positions for. Some start counting after the padding token's id."""
    positions = getattr(model.config, "max_position_embeddings", None)
    if not positions or positions < 0:
        return ANY
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding) and module.padding_idx is not None:
            return int(positions) - module.padding_idx - 1
    return int(positions)
