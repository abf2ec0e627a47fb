"""Which devices a fine-tune will run on and what they have, said before it starts. Imports no torch."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.finetune.precision import Capability, in_words
from core.queue.accelerate_config import AccelerateConfig, slots_of
from core.queue.launcher import VISIBLE, Launcher, Slot
from core.records import TrainSpec
from core.words import say

MEMINFO = Path("/proc/meminfo")
QUERY = ("index", "uuid", "name", "memory.total", "compute_cap")


@dataclass(frozen=True, slots=True)
class Device:
    """One device as a person chooses settings for it; None for what nothing tells."""

    name: str
    """`cuda:0`, `cuda:1` …, or `cpu`, as the queue shows it."""
    model: str | None = None
    """`NVIDIA H100 80GB HBM3`; None for the CPU."""
    memory_bytes: int | None = None
    """Of a GPU all that it has, of the CPU what was free when this was read."""
    capability: Capability | None = None
    """Compute capability of a GPU; None for the CPU too."""

    @property
    def is_cpu(self) -> bool:
        return self.name == "cpu"


def find_devices(launcher: Launcher, config: AccelerateConfig | None = None) -> list[Device]:
    """The launcher's GPUs, else its CPU; with a person's accelerate config those that it allows. May take a second,
    since it asks the driver's own program. Raises UsageError where the config asks for GPUs that are not there."""
    found = launcher.slots()
    slots = slots_of(config, found) if config else found
    if slots[0].name == "cpu":
        return [Device("cpu", memory_bytes=_free_memory())]
    listed = list(_listed())
    return [_device(slot, listed) for slot in slots]


def are_cpu(devices: Sequence[Device]) -> bool:
    """Whether no GPU is among them."""
    return all(device.is_cpu for device in devices)


def used_devices(devices: Sequence[Device], spec: TrainSpec) -> str:
    """Of this machine's devices, those that the fine-tune will take, in words."""
    wanted = 1 if spec.strategy == "head" else spec.processes
    if devices[0].is_cpu:
        return say("the CPU, in {wanted} processes", wanted=wanted) if wanted > 1 else say("the CPU")
    number = min(wanted or len(devices), len(devices))
    if len(devices) == 1:
        return say("the GPU ({model})", model=devices[0].model or devices[0].name)
    if number == 1:
        return say("the first free one of {devices} GPUs", devices=len(devices))
    return (
        say("all {number} GPUs at once", number=number)
        if number == len(devices)
        else say("{number} of {devices} GPUs at once", number=number, devices=len(devices))
    )


def used_precision(devices: Sequence[Device], spec: TrainSpec) -> str:
    """What the fine-tune will compute with on them, and why."""
    weakest = min(devices, key=lambda device: device.capability or (0, 0))
    if not weakest.is_cpu and weakest.capability is None:
        return say("the mixed precision that the GPU has") if spec.precision == "auto" else spec.precision
    return in_words(spec.precision, weakest.capability)


def _device(slot: Slot, listed: Sequence[Sequence[str]]) -> Device:
    """The GPU that the slot stands for: by its index, or by its UUID or the beginning of it."""
    asked = slot.environment[VISIBLE]
    for index, uuid, model, mebibytes, capability in listed:
        if asked == index or (asked.startswith("GPU-") and uuid.startswith(asked)):
            return Device(slot.name, model, _whole(mebibytes, 1 << 20), _capability(capability))
    return Device(slot.name)


def _listed() -> Iterator[list[str]]:
    """Index, UUID, name, MiB of memory and compute capability of each GPU; nothing where the driver does not say."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return
    query = [command, f"--query-gpu={','.join(QUERY)}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
    for fields in csv.reader(answer.stdout.splitlines(), skipinitialspace=True):
        if len(fields) == len(QUERY):
            yield fields


def _capability(said: str) -> Capability | None:
    major, _, minor = said.partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else None


def _whole(said: str, unit: int) -> int | None:
    return int(said) * unit if said.isdigit() else None


def _free_memory() -> int | None:
    """What the kernel thinks can be had without swapping."""
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text(encoding="ascii").splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
