"""Memory that runs out, and how much is used."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import torch

from core.arrays.device import module_of


def used(device: torch.device) -> int:
    """Bytes in use: of the accelerator by this process, else of this process."""
    if device.type != "cpu":
        return int(module_of(device).memory_allocated(device))
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def total(device: torch.device) -> int:
    """Bytes that there are: of the GPU, else of the machine."""
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def peak(device: torch.device) -> int:
    """The most bytes that were in use at once."""
    if device.type != "cpu":
        return int(module_of(device).max_memory_allocated(device))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
