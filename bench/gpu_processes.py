"""One measurement's process: started in a group of its own, ended with everything that it started, its figures kept."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.gpu_card import Watch
from bench.train_folder import train_command, train_result
from core.jobs.train.spec import TrainResult
from core.queue import JobFolder
from core.queue.local.slots import find_slots

Figures = dict[str, float]
RESERVE = 0.85
"""The share of its time after which a fine-tune that can be ended early is, to leave some for what follows."""
FROM_FIRST_STEP = ("training", "predicting", "saving")
"""Stages of a fine-tune that do not come before its first step."""


@dataclass
class Outcome:
    """What came of a measurement."""

    figures: list[Figures] = field(default_factory=list)
    """One entry per seed that came to its end."""
    failure: str = ""
    """Why there are not more of them."""


def run_script(module: str, spec: dict[str, Any], folder: Path, seconds: float) -> Outcome:
    """Runs a benchmark's script on a spec that gets `out`, `begun` and `until`, for at most so many seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    out, begun = folder / "out.json", time.time()
    given = {**spec, "folder": str(folder), "out": str(out), "begun": begun, "until": begun + seconds * RESERVE}
    (folder / "spec.json").write_text(json.dumps(given))
    command = [sys.executable, "-m", module, str(folder / "spec.json")]
    failure = run_process(command, find_slots()[0].environment, folder / "log.txt", seconds)
    return Outcome(json.loads(out.read_text()) if out.exists() else [], failure)


def run_job(folder: JobFolder, seconds: float) -> Outcome:
    """Runs a fine-tune's job as the app does, for at most so many seconds."""
    begun = time.time()
    with Watch() as watch:
        failure = run_process(*train_command(folder), folder.log_path, seconds)
    ended, result = time.time(), train_result(folder)
    if result is None:
        return Outcome(failure=folder.error() or folder.defect() or failure or "it ended without a result")
    return Outcome([{**_of_result(result), **_of_progress(folder, result, begun, watch), "whole": ended - begun}])


def _of_result(result: TrainResult) -> Figures:
    seconds = {f"{stage}_seconds": value for stage, value in result.seconds.items()}
    learnt = result.epochs * result.splits["train"].rows
    figures = {"accuracy": result.splits["test"].accuracy or 0.0, "peak_memory": float(result.peak_memory or 0)}
    if "training" in result.seconds:
        figures["examples_per_second"] = learnt / result.seconds["training"]
    return {**figures, **seconds}


def _of_progress(folder: JobFolder, result: TrainResult, begun: float, watch: Watch) -> Figures:
    """When its first step was done and what it waited for until then; how busy the GPU was from there on."""
    lines = [json.loads(line) for line in folder.progress_path.read_text().splitlines() if line.strip()]
    training = [line for line in lines if line.get("stage") == "training"]
    told = [line for line in lines if line.get("event") == "metrics" and line["split"] == "train"]
    if not training or not told:
        return {}
    first, last = training[0], told[-1]
    launch, until_first = lines[0]["t"] - begun, first["t"] - begun
    before = sum(value for stage, value in result.seconds.items() if stage not in FROM_FIRST_STEP)
    figures = {"launch": launch, "first_step": until_first, "its_step": max(0.0, until_first - launch - before)}
    if last["step"] > first["done"]:
        rows = result.splits["train"].rows * result.epochs / result.steps
        figures["pace"] = rows * (last["step"] - first["done"]) / (last["t"] - first["t"])
    busy = watch.busy(first["t"], last["t"])
    return figures if busy is None else {**figures, "busy": busy}


def run_process(command: list[str], environment: dict[str, str], log: Path, seconds: float) -> str:
    """Runs it to its end, and ends what is left of its group in any case. Returns why it failed, or nothing."""
    with log.open("ab") as printed:
        process = subprocess.Popen(
            command,
            env=os.environ | {"HF_HUB_OFFLINE": "1"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"not done within {seconds:.0f} s"
        finally:
            _end(process)
    if code == 0:
        return ""
    lines = log.read_text(errors="replace").strip().splitlines()
    return f"exit code {code}: {lines[-1].strip() if lines else 'it printed nothing'}"


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
