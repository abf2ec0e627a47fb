"""The device slots of this machine, found without importing torch: one per GPU, else one `cpu` slot."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from core.jobs.locks import try_lock

NVIDIA_GPUS = Path("/proc/driver/nvidia/gpus")


@dataclass(frozen=True, slots=True)
class Slot:
    """A device that one job at a time may use."""

    name: str
    """`cuda:0` … or `cpu`, as the queue shows it."""
    environment: dict[str, str] = field(default_factory=dict)
    """What a process must be started with to see this device and no other of its kind."""


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A slot that this process has."""

    slot: Slot
    descriptor: int
    """The lock; the end of the process gives it back."""


def find_slots() -> list[Slot]:
    """Every slot of this machine; with `CUDA_VISIBLE_DEVICES` set, the GPUs it names."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    devices = _gpus() if visible is None else [name.strip() for name in visible.split(",") if name.strip()]
    if not devices or devices[0] == "-1":
        return [Slot("cpu")]
    # nvidia-smi and /proc count by bus, CUDA by speed unless told otherwise.
    order = {} if visible is not None else {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    return [Slot(f"cuda:{index}", {"CUDA_VISIBLE_DEVICES": name} | order) for index, name in enumerate(devices)]


def try_slots(folder: Path, slots: list[Slot]) -> HeldSlot | None:
    """The first free slot, locked in `folder`; None where all are taken."""
    for slot in slots:
        descriptor = try_lock(folder / f"{slot.name.replace(':', '-')}.lock")
        if descriptor is not None:
            return HeldSlot(slot, descriptor)
    return None


def _gpus() -> list[str]:
    """The indices of the machine's NVIDIA GPUs, as CUDA_VISIBLE_DEVICES takes them."""
    if NVIDIA_GPUS.is_dir():
        count = sum(1 for _ in NVIDIA_GPUS.iterdir())
    elif command := shutil.which("nvidia-smi"):
        count = _count_listed(command)
    else:
        count = 0
    return [str(index) for index in range(count)]


def _count_listed(nvidia_smi: str) -> int:
    try:
        listed = subprocess.run([nvidia_smi, "-L"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
