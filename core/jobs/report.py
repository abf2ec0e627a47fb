"""What a fine-tune says while it runs: the first of its processes writes the run's progress, the others are silent."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.progress import Report
from core.queue import JobFolder, ProgressWriter, Stopped

STOPPED_ALONE = 75
"""Exit code of one process of several that was asked to stop outside the loop: accelerate then ends the others, which
would wait for it."""


@dataclass(slots=True)
class JobReport:
    """Progress, figures and notes of one process of a job."""

    folder: JobFolder
    writer: ProgressWriter
    rank: int = 0
    processes: int = 1
    seconds: dict[str, float] = field(default_factory=dict)
    """Of each stage so far."""

    def progress(self, stage: str, done: float, total: float | None = None, message: str = "") -> bool:
        """Returns whether the run was asked to stop."""
        if self.rank > 0:
            return False
        try:
            self.writer.update(stage, done, total, message)
        except Stopped:
            return True
        return False

    def tick(self, stage: str, done: float, total: float | None = None) -> None:
        """Like `progress`, but ends the work when the run was asked to stop: for stages that have nothing to save."""
        asked = self.progress(stage, done, total) or (self.rank > 0 and self.folder.stop_requested())
        if asked and self.processes > 1:
            sys.exit(STOPPED_ALONE)
        if asked:
            raise Stopped

    def stage(self, name: str) -> Report:
        """The report of a stage that has nothing to save."""
        return lambda done, total: self.tick(name, done, total)

    def metrics(self, step: int, epoch: float, split: str, values: dict[str, float]) -> None:
        if self.rank == 0:
            self.writer.event("metrics", step=step, epoch=round(epoch, 4), split=split, values=values)

    def note(self, text: str) -> None:
        if self.rank == 0:
            self.writer.event("note", text=text)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the seconds within to the stage's."""
        begun = time.monotonic()
        yield
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.monotonic() - begun, 3)
