"""The device slots of this machine, found without importing torch: one per GPU, else one `cpu` slot."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from core.queue.launcher import BESIDE, VISIBLE, Slot
from core.queue.local.locks import try_lock, unlock

NVIDIA_GPUS = Path("/proc/driver/nvidia/gpus")
CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True, slots=True)
class HeldSlots:
    """The slots that this process has: one, or several GPUs for one job."""

    slots: tuple[Slot, ...]
    descriptors: tuple[int, ...]
    """The locks; the end of the process gives them back."""

    @property
    def name(self) -> str:
        """`cpu`, `cuda:0`, `cuda:0,cuda:1` …"""
        return ",".join(slot.name for slot in self.slots)

    @property
    def environment(self) -> dict[str, str]:
        """What a process must be started with to see these devices and no other of their kind."""
        merged: dict[str, str] = {}
        for slot in self.slots:
            merged |= slot.environment
        visible = [slot.environment[VISIBLE] for slot in self.slots if VISIBLE in slot.environment]
        return merged | ({VISIBLE: ",".join(visible)} if visible else {})

    def give_back(self) -> None:
        """Lets others have them."""
        for descriptor in self.descriptors:
            unlock(descriptor)


def find_slots() -> list[Slot]:
    """Every slot of this machine; with `CUDA_VISIBLE_DEVICES` set, the GPUs it names."""
    visible = os.environ.get(VISIBLE)
    devices = _gpus() if visible is None else [name.strip() for name in visible.split(",") if name.strip()]
    if not devices or devices[0] == "-1":
        return [Slot("cpu")]
    # nvidia-smi and /proc count by bus, CUDA by speed unless told otherwise.
    order = {} if visible is not None else {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    return [Slot(f"cuda:{index}", {VISIBLE: name} | order) for index, name in enumerate(devices)]


def slot_beside(slots: list[Slot]) -> Slot:
    """What short work runs on while every one of these is taken: the CPU, which it then shares."""
    return Slot(BESIDE, {} if slots[0].name == "cpu" else {VISIBLE: ""})


def try_slots(folder: Path, slots: list[Slot], count: int = 1) -> HeldSlots | None:
    """The first `count` free slots, or all with 0 or where there are fewer, locked in `folder`; None, and nothing
    locked, where too few are free."""
    wanted = min(count or len(slots), len(slots))
    held: list[tuple[Slot, int]] = []
    for slot in slots:
        descriptor = try_lock(folder / f"{slot.name.replace(':', '-')}.lock")
        if descriptor is not None:
            held.append((slot, descriptor))
        if len(held) == wanted:
            return HeldSlots(tuple(slot for slot, _ in held), tuple(descriptor for _, descriptor in held))
    for _, descriptor in held:
        unlock(descriptor)
    return None


def cores() -> int:
    """The processor cores that this process may use, two threads of one core counted once."""
    mine = os.sched_getaffinity(0)
    try:
        return len({(CPUS / f"cpu{cpu}" / "topology/thread_siblings_list").read_text() for cpu in mine})
    except OSError:
        return len(mine)


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
