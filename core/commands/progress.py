"""How far work is, on standard error: a bar that redraws itself in a terminal, else a line per stage."""

from __future__ import annotations

from types import TracebackType

from core.progress import look_up
from core.records import Job
from core.together.caller import Texts, caller

BAR_CHARACTERS = 24


class ProgressLine:
    """Follows one job. In a `with` block, so that the cursor ends on a line of its own."""

    def __init__(self, stream: Texts | None = None) -> None:
        self._stream = stream or caller().err
        self._live = self._stream.isatty()
        self._shown = ""

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and self._shown:
            self._stream.write("\n")
            self._stream.flush()

    def show(self, job: Job) -> None:
        """Draws the job's newest progress, if it says anything new."""
        self._draw(_bar(job) if self._live else f"{job.title}: {job.progress.stage or job.status}")

    def share(self, what: str, done: float) -> None:
        """Draws how much is done of work that is no job: `done` in 0–1. An interrupt ends that work here."""
        look_up()
        self._draw(f"{_boxes(done)}  {what}" if self._live else what)

    def _draw(self, line: str) -> None:
        if line == self._shown:
            return
        self._stream.write(f"\r\x1b[2K{line}" if self._live else f"{line}\n")
        self._stream.flush()
        self._shown = line


def _bar(job: Job) -> str:
    progress = job.progress
    if job.status != "running" or not progress.stage:
        return f"{job.title}: {job.status}"
    parts = [progress.stage]
    if progress.fraction is not None:
        parts.insert(0, _boxes(progress.fraction))
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return "  ".join(parts)


def _boxes(share: float) -> str:
    full = round(share * BAR_CHARACTERS)
    return f"[{'█' * full}{'·' * (BAR_CHARACTERS - full)}] {share:4.0%}"


def duration(seconds: float) -> str:
    """`1 min 05 s`"""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
