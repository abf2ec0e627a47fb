"""The memory that is foreseen for a fine-tune is the memory that a process takes for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.finetune.memory.estimate import Load, memory_needed
from core.finetune.memory.sizes import bundled_text_folder, sizes_of
from core.records import TrainSpec
from tests.training_support import LABELS, WORDS

WORDS_THAT_OCCUR = len(WORDS) + 3
"""Each is one token; the others begin, end and pad a text."""
TOLERANCE = 0.25


@pytest.mark.parametrize(
    ("batch", "words", "strategy", "checkpointing"),
    [(24, 126, "full", "off"), (24, 126, "last", "off"), (32, 126, "full", "on")],
)
def test_the_peak_of_a_fine_tune_on_the_cpu_is_foreseen(
    tmp_path: Path, batch: int, words: int, strategy: str, checkpointing: str
) -> None:
    module = "tests.integration.memory_of_a_fine_tune"
    answer = subprocess.run(
        [sys.executable, "-m", module, str(tmp_path / "run"), str(batch), str(words), strategy, checkpointing],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    measured = int(answer.stdout.splitlines()[-1])
    folder = bundled_text_folder()
    sizes = sizes_of(folder) if folder else None
    assert sizes is not None
    spec = TrainSpec(strategy=strategy, gradient_checkpointing=checkpointing)  # type: ignore[arg-type]
    load = Load(batch, words + 2, WORDS_THAT_OCCUR, len(LABELS))
    assert memory_needed(sizes, spec, load, device="cpu") == pytest.approx(measured, rel=TOLERANCE)
