"""Memory that runs out while a model runs."""

from __future__ import annotations

import torch

from core.arrays.device import module_of


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory, of the GPU or of the machine."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        sign in text for sign in ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
    )


def give_back(device: torch.device) -> None:
    """Gives memory that is kept for later back to the accelerator."""
    if device.type != "cpu":
        module_of(device).empty_cache()
