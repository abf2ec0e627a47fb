"""Memory that runs out, and how much is used."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import torch


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory, of the GPU or of the machine."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        sign in text for sign in ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
    )


def give_back(device: torch.device) -> None:
    """Gives memory that is kept for later back to the GPU."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def used(device: torch.device) -> int:
    """Bytes in use: of the GPU by this process, else of this process."""
    if device.type == "cuda":
        return int(torch.cuda.memory_allocated(device))
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak(device: torch.device) -> int:
    """The most bytes that were in use at once."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
