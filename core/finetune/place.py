"""Where a fine-tune runs: on which device, in which of how many processes, in which precision. The only importer of
accelerate, which starts the processes and says which of them this is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from core.arrays.device import device, device_name, module_of
from core.finetune.precision import Precision, chosen_precision
from core.records import MixedPrecision

DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Place:
    """One process of a fine-tune."""

    device: torch.device
    precision: Precision = "no"
    rank: int = 0
    processes: int = 1
    accelerator: Any = None
    """accelerate's `Accelerator`, which the processes wait for each other by; None where there is one alone."""

    @staticmethod
    def of(wanted: MixedPrecision) -> Place:
        """As accelerate has started this process. On an accelerator of torch's that accelerate does not know, a process
        that was not told to stay on the CPU runs there all the same."""
        from accelerate import Accelerator

        accelerator = Accelerator(mixed_precision="no")
        where = accelerator.device
        if where.type == "cpu" and not on_cpu():
            where = device()
        torch.set_float32_matmul_precision("high")
        if where.type != "cpu" and hasattr(module_of(where), "set_stream"):
            # Not the default stream, on which nothing can be captured.
            module_of(where).set_stream(module_of(where).Stream())
        rank, processes = int(accelerator.process_index), int(accelerator.num_processes)
        return Place(where, precision_of(wanted, where), rank, processes, accelerator)

    @property
    def first(self) -> bool:
        """Whether this process writes what only one of them may."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        """Whether there is no other process."""
        return self.processes == 1

    @property
    def name(self) -> str:
        """`cpu`, or `cuda:0 NVIDIA H100`."""
        return device_name(self.device)

    def autocast(self) -> AbstractContextManager[Any]:
        """Within, products are computed in half precision where that was chosen."""
        if self.precision == "no":
            return nullcontext()
        return torch.autocast(self.device.type, DTYPES[self.precision])

    def scaler(self) -> torch.amp.GradScaler | None:
        """Keeps the gradients of float16 in its range; None where that is not needed."""
        return torch.amp.GradScaler(self.device.type) if self.precision == "fp16" else None

    def wait(self) -> None:
        """Until every process is here."""
        if not self.alone:
            self.accelerator.wait_for_everyone()

    @contextmanager
    def first_before_others(self) -> Iterator[None]:
        """Within, the first process goes ahead of all others."""
        if not self.first:
            self.wait()
        yield
        if self.first:
            self.wait()


def on_cpu() -> bool:
    """Whether accelerate was told to leave the GPUs alone."""
    return os.environ.get("ACCELERATE_USE_CPU", "").lower() == "true"


def precision_of(wanted: MixedPrecision, where: torch.device) -> Precision:
    """What was asked for where the device can do it, else what it is good at; `no` on the CPU."""
    if wanted == "no" or where.type == "cpu":
        return "no"
    if where.type == "cuda":
        return chosen_precision(wanted, torch.cuda.get_device_capability(where))
    bf16 = module_of(where).is_bf16_supported()
    return "fp16" if wanted == "fp16" or not bf16 else "bf16"
