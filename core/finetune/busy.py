"""How much of the time the device works: of a GPU what its driver counts, of the CPU this process's share of it."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Protocol

import torch

NVML = "libnvidia-ml.so.1"
"""Comes with the driver, so that no package is needed for one figure."""


class Busy(Protocol):
    """Asked at each report of a run."""

    def share(self) -> float | None:
        """0–1 of late; None where nothing tells."""


class ProcessorTime:
    """The time that this process had on its cores, between one question and the next."""

    def __init__(self) -> None:
        self._cores = len(os.sched_getaffinity(0))
        self._then = self._now()

    def share(self) -> float | None:
        now = self._now()
        (worked, wall), self._then = (after - before for after, before in zip(now, self._then, strict=True)), now
        return min(1.0, worked / (wall * self._cores)) if wall > 0 else None

    @staticmethod
    def _now() -> tuple[float, float]:
        times = os.times()
        return times.user + times.system, time.monotonic()


class _Utilization(ctypes.Structure):
    """`nvmlUtilization_t`: percent of the driver's last sample period in which a kernel ran, and memory was used."""

    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class DriverCount:
    """What NVML says of a GPU (NVML API Reference, `nvmlDeviceGetUtilizationRates`). A question takes microseconds and
    does not wait for the GPU."""

    def __init__(self, uuid: str, library: str = NVML) -> None:
        """`uuid` as the driver writes it, `GPU-…`."""
        self._device = ctypes.c_void_p()
        self._nvml: ctypes.CDLL | None = None
        try:
            nvml = ctypes.CDLL(library)
        except OSError:
            return
        found = nvml.nvmlInit_v2() or nvml.nvmlDeviceGetHandleByUUID(uuid.encode(), ctypes.byref(self._device))
        self._nvml = None if found else nvml

    def share(self) -> float | None:
        found = _Utilization()
        if self._nvml is None or self._nvml.nvmlDeviceGetUtilizationRates(self._device, ctypes.byref(found)):
            return None
        return float(found.gpu) / 100


def busy_of(device: torch.device) -> Busy:
    """What tells of the device that a run is on."""
    if device.type == "cuda":
        return DriverCount(f"GPU-{torch.cuda.get_device_properties(device).uuid}")
    return ProcessorTime()
