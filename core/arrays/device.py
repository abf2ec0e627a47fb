"""Where models run: the accelerator that torch has, or the processor. The only place that asks which it is."""

from __future__ import annotations

from typing import Any

import torch

NO_FLOAT64 = ("mps",)
"""Kinds of accelerator that the heads cannot be fitted on, since they have no float64."""


def device() -> torch.device:
    """The accelerator where torch has one (a GPU most often), else the CPU."""
    found = torch.accelerator.current_accelerator(check_available=True)
    return torch.device("cpu") if found is None or found.type in NO_FLOAT64 else found


def module_of(where: torch.device) -> Any:
    """`torch.cuda` for a GPU of NVIDIA's, and the like: streams, memory, names. Not for the CPU."""
    return torch.get_device_module(where)


def device_name(where: torch.device) -> str:
    """`cpu`, or `cuda:0 NVIDIA H100`."""
    if where.type == "cpu":
        return "cpu"
    return f"{where.type}:{where.index or 0} {module_of(where).get_device_name(where)}"


def free_bytes(where: torch.device) -> int | None:
    """Memory that is free on an accelerator; None on the CPU and where it cannot be asked."""
    if where.type == "cpu":
        return None
    ask = getattr(module_of(where), "mem_get_info", None)
    return int(ask(where)[0]) if ask else None


def moved(tensors: dict[str, torch.Tensor], where: torch.device) -> dict[str, torch.Tensor]:
    """The tensors on a device. Without waiting for it where they are pinned."""
    return {name: tensor.to(where, non_blocking=True) for name, tensor in tensors.items()}


def pinned(tensors: dict[str, torch.Tensor], where: torch.device) -> dict[str, torch.Tensor]:
    """The tensors in memory that a GPU reads by itself, so that copying them there overlaps with other work."""
    return {name: tensor.pin_memory() for name, tensor in tensors.items()} if where.type == "cuda" else tensors
