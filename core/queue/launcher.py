"""The contract between the queue and whatever runs jobs: `core.queue.local` does it by processes of this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from core.queue.folder import JobFolder
from core.queue.table import Row

VISIBLE = "CUDA_VISIBLE_DEVICES"
Lane = Literal["long", "short", "first"]
"""How a job takes its turn. A `long` one waits for a device slot of its own. A `short` one, which takes seconds, goes
before the long ones, and beside them on the CPU where every device is taken. Of one in the lane `first` the first part
is short: it runs beside the others, then waits among the long ones for the rest."""
BESIDE = "beside"
"""The name of the slot beside the devices."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A device that one job at a time may use."""

    name: str
    """`cuda:0` … or `cpu`, as the queue shows it."""
    environment: dict[str, str] = field(default_factory=dict)
    """What a process must be started with to see this device and no other of its kind."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a job needs to run."""

    device: bool = True
    """Whether it waits for a device slot; else it starts at once."""
    launch: Literal["python", "accelerate"] = "python"
    """By `python -m`, or as under `accelerate launch`."""
    processes: int = 1
    """How many accelerate starts: on GPUs one on each, so that it waits for as many slots; 0: one per GPU of the
    machine, or one on the CPU."""


class Launcher(Protocol):
    """Runs jobs, and knows of which of them nobody answers any more."""

    def claim(self, folder: JobFolder) -> bool:
        """Makes this process the one that answers for a job, until it submits or releases it, or ends. Returns whether
        it does; False where another one answers."""

    def release(self, folder: JobFolder) -> None:
        """Answers for a job no longer. Does nothing for one that this process does not answer for."""

    def holds(self, folder: JobFolder) -> bool:
        """Whether this process has claimed the job."""

    def submit(self, folder: JobFolder) -> None:
        """Hands a claimed job to somebody who outlives this process: waits for what the job's row in the table says
        that it needs, runs its module on the folder, follows `stop` and `cancel` there, and records how it ended."""

    def abandoned(self, folder: JobFolder) -> AbstractContextManager[bool]:
        """Whether nobody answers for the job; then nobody can begin to within the context."""

    def slots(self) -> Sequence[Slot]:
        """Every device slot that jobs may have, one `cpu` where there is no GPU. May take a second."""

    def kill(self, folder: JobFolder, row: Row) -> None:
        """Ends by force what is left of an abandoned job; never what runs of its like in another workspace, of which
        this one may be a copy."""

    def attend(self, module: str, arguments: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """Starts a module that answers this process over its standard input and output, on the CPU, since device slots
        belong to jobs. It ends when its input does; what it prints to standard error goes to `log`."""
