"""Gradient checkpointing: a layer keeps its input alone, and computes the rest again when its gradient is due."""

from __future__ import annotations

from typing import Any

from core.errors import ModelError


def recompute_activations(model: Any, name: str) -> None:
    """Lets the layers of a transformers model named `name` keep only their inputs for the backward pass, which takes
    about a third longer then (Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016).

    The second forward pass has the dropout of the first, so that a run ends with the same weights. Raises ModelError
    where the model has no layers that can.
    """
    if not getattr(model, "supports_gradient_checkpointing", False):
        raise ModelError(
            f"{name} ({type(model).__name__}) cannot do gradient checkpointing.",
            "Set gradient checkpointing to off; to save memory lower the batch, or use the strategy last.",
        )
    # Without reentrance also layers whose input needs no gradient take part: those after frozen ones.
    model.activation_checkpointing_enable({"use_reentrant": False})
