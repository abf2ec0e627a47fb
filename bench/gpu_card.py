"""The graphics card as nvidia-smi sees it: which one it is, and how much of the time it works."""

from __future__ import annotations

import subprocess
import threading
import time
from importlib.metadata import version
from types import TracebackType

from core.queue.launcher import VISIBLE
from core.queue.local.slots import find_slots

SMI = "nvidia-smi"
EVERY_MS = 200


def on_gpu() -> bool:
    """Whether jobs of this machine run on a GPU."""
    return find_slots()[0].name != "cpu"


def card() -> str:
    """Card, driver and torch in one line."""
    about = "no GPU"
    if on_gpu():
        asked = [*_command(), "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
        try:
            about = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
        except (OSError, subprocess.SubprocessError) as problem:
            about = f"a GPU that {SMI} does not describe: {problem}"
    return f"{about}; torch {version('torch')}, transformers {version('transformers')}"


class Watch:
    """Samples the share of time in which the first GPU ran a kernel, every 0.2 s while it is entered."""

    def __init__(self) -> None:
        self._samples: list[tuple[float, float]] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Watch:
        if on_gpu():
            asked = ["--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", str(EVERY_MS)]
            try:
                self._process = subprocess.Popen([*_command(), *asked], stdout=subprocess.PIPE, text=True)
            except OSError:
                return self
            self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join()

    def busy(self, since: float, until: float) -> float | None:
        """The mean over the samples between two moments (epoch seconds), 0–1; None where there is none."""
        found = [share for moment, share in self._samples if since <= moment <= until]
        return sum(found) / len(found) / 100 if found else None

    def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip().isdigit():
                self._samples.append((time.time(), float(line)))


def _command() -> list[str]:
    """nvidia-smi, asked about the card that the first job of a machine gets."""
    return [SMI, "-i", find_slots()[0].environment[VISIBLE]]
