"""The GPU benchmark on a slice, as a machine without a GPU runs it: every row of its table has its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.gpu import lines
from bench.gpu_measurements import SLICE
from tests.conftest import PROJECT


@pytest.mark.data
@pytest.mark.timeout(900)
def test_a_slice_of_it_fills_every_row_that_a_machine_without_a_gpu_has(tmp_path: Path, shared_data: Path) -> None:
    out = tmp_path / "table.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench.gpu", "--slice", "--minutes", "14", "--out", str(out)],
        cwd=PROJECT,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "WINNOW_DATA": str(shared_data)},
        capture_output=True,
        text=True,
        timeout=880,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    written = json.loads(out.read_text())
    wanted = [line for line in lines(SLICE, compiled=False) if not line.only_gpu]
    assert [row["name"] for row in written["rows"]] == [line.name for line in wanted]
    for row, line in zip(written["rows"], wanted, strict=True):
        lacks_other = line.other is not None and row["other"] is None and "plain_peak_memory" not in line.other
        assert row["ours"] is not None and not lacks_other, row
        assert f"| {row['name']} |" in done.stdout
    assert not written["whole"] and "torch" in written["machine"]
