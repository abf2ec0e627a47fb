"""Figures of a run while it goes on: paces, and how much of the time the device works."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
import torch

from core.finetune.busy import DriverCount, ProcessorTime, busy_of
from core.finetune.figures import Figures

CPU = torch.device("cpu")
NVML = """
#include <string.h>
struct rates { unsigned gpu, memory; };
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetHandleByUUID(const char *uuid, void **device) {
    static int known;
    *device = &known;
    return strcmp(uuid, "GPU-1a2b") == 0 ? 0 : 6;
}
int nvmlDeviceGetUtilizationRates(void *device, struct rates *found) {
    if (device == 0) return 2;
    found->gpu = 87;
    found->memory = 12;
    return 0;
}
"""


def test_loss_is_the_mean_and_paces_count_examples_and_tokens_since_the_last_report() -> None:
    figures = Figures(CPU)
    for loss, tokens in ((1.0, 300), (3.0, 500)):
        figures.add(torch.tensor(loss), 8, tokens)
    time.sleep(0.02)
    loss, examples, pace = figures.close()
    assert loss == 2.0 and pace / examples == pytest.approx(800 / 16) and 0 < examples < 16 / 0.02
    figures.add(torch.tensor(5.0), 4)
    loss, _, pace = figures.close()
    assert (loss, pace) == (5.0, 0.0)


def test_a_process_that_computes_has_a_larger_share_of_its_cores_than_one_that_sleeps() -> None:
    busy = busy_of(CPU)
    assert isinstance(busy, ProcessorTime)
    time.sleep(0.3)
    idle = busy.share()
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    working = busy.share()
    assert idle is not None and working is not None
    assert 0 <= idle < working <= 1


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to build a driver's library with")
def test_what_the_driver_counts_is_asked_of_the_gpu_with_that_uuid(tmp_path: Path) -> None:
    (tmp_path / "nvml.c").write_text(NVML)
    library = tmp_path / "libnvml.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(tmp_path / "nvml.c")], check=True)
    assert DriverCount("GPU-1a2b", str(library)).share() == 0.87
    assert DriverCount("GPU-other", str(library)).share() is None


def test_without_a_driver_nothing_is_said() -> None:
    assert DriverCount("GPU-1a2b", "libnothing-of-the-kind.so").share() is None
