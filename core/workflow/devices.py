"""Which devices a fine-tune will run on, said before it starts. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence

from core.jobs.slots import find_slots
from core.records import TrainSpec


def find_devices() -> list[str]:
    """`cuda:0`, `cuda:1` …, or `cpu`. May take a second, since it may have to ask the driver's own program."""
    return [slot.name for slot in find_slots()]


def used_devices(devices: Sequence[str], spec: TrainSpec) -> str:
    """Of this machine's devices, those that the fine-tune will take, in words."""
    wanted = 1 if spec.strategy == "head" else spec.processes
    if list(devices) == ["cpu"]:
        return f"the CPU, in {wanted} processes" if wanted > 1 else "the CPU"
    number = min(wanted or len(devices), len(devices))
    if len(devices) == 1:
        return f"the GPU ({devices[0]})"
    if number == 1:
        return f"the first free one of {len(devices)} GPUs"
    return f"all {number} GPUs at once" if number == len(devices) else f"{number} of {len(devices)} GPUs at once"
