"""What a job's process does before it imports anything large."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Mapping

from core.queue.local.processes import MARK
from tests.conftest import PROJECT


def _threshold(environment: Mapping[str, str]) -> int:
    code = "import core.jobs, gc; print(gc.get_threshold()[0])"
    others = {name: value for name, value in os.environ.items() if name != MARK}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env={**others, **environment}, capture_output=True, check=True
    )
    return int(done.stdout)


def test_a_job_and_no_other_process_looks_seldom_for_garbage() -> None:
    assert _threshold({MARK: "/somewhere"}) == 10_000
    assert _threshold({}) == gc.get_threshold()[0]
