"""What is said of the machine's devices before a fine-tune starts, and that the job decides by the same rule."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from core.finetune.place import precision_of
from core.queue.local import slots
from core.queue.local.launcher import LocalLauncher
from core.records import MixedPrecision, TrainSpec
from core.services.runs import devices
from core.services.runs.devices import Device, find_devices, used_devices, used_precision

TWO_GPUS = """0, GPU-1a2b3c, NVIDIA H100 80GB HBM3, 81559, 9.0
1, GPU-4d5e6f, "Tesla V100, 16 GB", 16384, 7.0"""
GIB = 1024**3


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that has no GPU and on which nothing is set."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(slots, "NVIDIA_GPUS", tmp_path / "gpus")


def _driver(folder: Path, says: str) -> None:
    """A driver program that lists two GPUs and answers questions about them with `says`."""
    command = folder / "nvidia-smi"
    listed = "GPU 0: one\nGPU 1: other\n"
    command.write_text(f"#!/bin/sh\nif [ \"$1\" = -L ]; then printf '{listed}'; else printf '%s\\n' '{says}'; fi\n")
    command.chmod(0o755)


def test_the_cpu_is_found_with_the_memory_that_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\n")
    monkeypatch.setattr(devices, "MEMINFO", meminfo)
    assert find_devices(LocalLauncher()) == [Device("cpu", memory_bytes=20_480_000_000)]
    meminfo.unlink()
    assert find_devices(LocalLauncher()) == [Device("cpu")]


def test_gpus_are_found_with_what_the_driver_tells_of_them(tmp_path: Path) -> None:
    _driver(tmp_path, TWO_GPUS)
    assert find_devices(LocalLauncher()) == [
        Device("cuda:0", "NVIDIA H100 80GB HBM3", 81559 << 20, (9, 0)),
        Device("cuda:1", "Tesla V100, 16 GB", 16 * GIB, (7, 0)),
    ]


@pytest.mark.parametrize("named", ["1", "GPU-4d"])
def test_a_gpu_that_the_setting_names_is_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    _driver(tmp_path, TWO_GPUS)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
    assert find_devices(LocalLauncher()) == [Device("cuda:0", "Tesla V100, 16 GB", 16 * GIB, (7, 0))]


def test_what_an_old_driver_does_not_tell_is_left_open(tmp_path: Path) -> None:
    _driver(tmp_path, "0, GPU-1a2b3c, Tesla K80, [N/A], [N/A]")
    assert find_devices(LocalLauncher()) == [Device("cuda:0", "Tesla K80"), Device("cuda:1")]
    assert used_precision(find_devices(LocalLauncher()), TrainSpec()) == "the mixed precision that the GPU has"


@pytest.mark.parametrize(
    ("wanted", "capability", "chosen", "said"),
    [
        ("auto", None, "no", "float32"),
        ("bf16", None, "no", "float32: bf16 needs a GPU"),
        ("auto", (9, 0), "bf16", "bf16 mixed precision and tf32 for other matrix products: the GPU has them"),
        ("auto", (7, 0), "fp16", "fp16 mixed precision with loss scaling: the GPU has no bf16"),
        ("bf16", (7, 5), "fp16", "fp16 mixed precision with loss scaling: the GPU has no bf16"),
        ("fp16", (8, 0), "fp16", "fp16 mixed precision with loss scaling, as asked for"),
        ("no", (8, 6), "no", "float32, as asked for, tf32 for matrix products: the GPU has it"),
        ("no", (7, 0), "no", "float32, as asked for"),
    ],
)
def test_the_precision_that_is_said_is_the_one_that_the_job_chooses(
    monkeypatch: pytest.MonkeyPatch,
    wanted: MixedPrecision,
    capability: tuple[int, int] | None,
    chosen: str,
    said: str,
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda where: capability)
    assert precision_of(wanted, torch.device("cpu" if capability is None else "cuda:0")) == chosen
    device = Device("cpu") if capability is None else Device("cuda:0", capability=capability)
    assert used_precision([device], TrainSpec(strategy="full", precision=wanted)) == said


@pytest.mark.parametrize(
    ("names", "strategy", "processes", "said"),
    [
        (["cpu"], "full", 0, "the CPU"),
        (["cpu"], "full", 3, "the CPU, in 3 processes"),
        (["cuda:0"], "full", 0, "the GPU (H100)"),
        (["cuda:0", "cuda:1"], "full", 0, "all 2 GPUs at once"),
        (["cuda:0", "cuda:1"], "head", 0, "the first free one of 2 GPUs"),
        (["cuda:0", "cuda:1", "cuda:2"], "last", 2, "2 of 3 GPUs at once"),
    ],
)
def test_the_devices_that_a_fine_tune_takes_are_said_in_words(names, strategy, processes, said) -> None:  # type: ignore[no-untyped-def]
    found = [Device(name, None if name == "cpu" else "H100") for name in names]
    assert used_devices(found, TrainSpec(strategy=strategy, processes=processes)) == said
