"""Which device slots a machine has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.queue.launcher import Slot
from core.queue.local import slots
from core.queue.local.locks import unlock
from core.queue.local.slots import HeldSlots, cores, find_slots, try_slots


@pytest.fixture(autouse=True)
def no_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that has no GPU and on which nothing is set."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(slots, "NVIDIA_GPUS", tmp_path / "gpus")


def test_a_machine_without_gpus_has_one_cpu_slot() -> None:
    assert find_slots() == [Slot("cpu")]


def test_each_gpu_of_the_driver_is_a_slot(tmp_path: Path) -> None:
    for bus in ("0000:17:00.0", "0000:65:00.0"):
        (tmp_path / "gpus" / bus).mkdir(parents=True)
    found = find_slots()
    assert [slot.name for slot in found] == ["cuda:0", "cuda:1"]
    assert found[1].environment == {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def test_gpus_are_found_through_nvidia_smi_where_the_driver_shows_none(tmp_path: Path) -> None:
    command = tmp_path / "nvidia-smi"
    command.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H100 (UUID: GPU-1)'\necho 'GPU 1: NVIDIA H100 (UUID: GPU-2)'\n")
    command.chmod(0o755)
    assert [slot.name for slot in find_slots()] == ["cuda:0", "cuda:1"]


def test_a_failing_nvidia_smi_means_no_gpu(tmp_path: Path) -> None:
    command = tmp_path / "nvidia-smi"
    command.write_text("#!/bin/sh\necho 'Failed to initialize NVML'\nexit 9\n")
    command.chmod(0o755)
    assert find_slots() == [Slot("cpu")]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ("", {"cpu": None}),
        ("-1", {"cpu": None}),
        ("3, 5", {"cuda:0": "3", "cuda:1": "5"}),
        ("GPU-8a1f", {"cuda:0": "GPU-8a1f"}),
    ],
)
def test_only_gpus_named_by_the_setting_are_used(
    monkeypatch: pytest.MonkeyPatch, visible: str, expected: dict[str, str | None]
) -> None:
    monkeypatch.setitem(os.environ, "CUDA_VISIBLE_DEVICES", visible)
    assert {slot.name: slot.environment.get("CUDA_VISIBLE_DEVICES") for slot in find_slots()} == expected


def _free(held: HeldSlots) -> None:
    for descriptor in held.descriptors:
        unlock(descriptor)


def test_each_slot_is_given_once(tmp_path: Path) -> None:
    both = [Slot("cuda:0"), Slot("cuda:1")]
    first, second, third = (try_slots(tmp_path / "slots", both) for _ in range(3))
    assert first and second
    assert [first.name, second.name, third] == ["cuda:0", "cuda:1", None]
    _free(first)
    freed = try_slots(tmp_path / "slots", both)
    assert freed and freed.name == "cuda:0"
    _free(freed)
    _free(second)


def test_several_slots_are_taken_together_or_not_at_all(tmp_path: Path) -> None:
    three = [Slot(f"cuda:{index}", {"CUDA_VISIBLE_DEVICES": str(index + 4)}) for index in range(3)]
    one = try_slots(tmp_path / "slots", three)
    assert one is not None
    assert try_slots(tmp_path / "slots", three, 0) is None
    two = try_slots(tmp_path / "slots", three, 2)
    assert two is not None
    assert (two.name, two.environment) == ("cuda:1,cuda:2", {"CUDA_VISIBLE_DEVICES": "5,6"})
    _free(one)
    _free(two)
    every = try_slots(tmp_path / "slots", three, 0)
    assert every is not None and len(every.slots) == 3
    _free(every)


def test_more_processes_than_gpus_get_every_gpu(tmp_path: Path) -> None:
    held = try_slots(tmp_path / "slots", [Slot("cpu")], 2)
    assert held is not None and held.name == "cpu"
    _free(held)


def test_there_is_at_least_one_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
