"""A worker for the tests of the job runner: `python -m tests.integration.job_worker FOLDER` does what its spec says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

from core.errors import ModelError
from core.jobs.entry import run
from core.queue import JobFolder, ProgressWriter


def main(folder: JobFolder, progress: ProgressWriter) -> dict[str, Any]:
    spec = folder.spec()
    began = time.time()
    print(f"working as {os.getpid()}")  # noqa: T201  as jobs do
    if spec.get("child"):
        child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({spec['child']})"])
        print(f"child {child.pid}")  # noqa: T201
    if spec.get("deaf"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    if spec.get("fail") == "winnow":
        raise ModelError("Model 'x' is not a folder.", "Name a folder with a config.json.")
    if spec.get("fail") == "defect" and os.environ.get("RANK", "0") == str(spec.get("rank", 0)):
        raise ZeroDivisionError("division by nothing")
    steps = spec.get("steps", 1)
    for step in range(steps + 1):
        progress.update("work", step, steps)
        time.sleep(0.05 if step < steps else 0)
    progress.event("tier", tier="only", order=0, final=True)
    return {"began": began, "ended": time.time(), "device": os.environ.get("CUDA_VISIBLE_DEVICES")}


if __name__ == "__main__":
    run(main)
