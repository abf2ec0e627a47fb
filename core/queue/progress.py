"""How far a run has come: written by the run, read by everybody, in an append-only file of JSON lines.

A progress line has `t, since, first, stage, done, total, message`, and of a job with a plan `share, left, steady,
rest` of the whole job; an event line has `t, event` and what belongs to it.
A line that a dying process left half-written is passed over, at the end of the file or in its middle.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.progress import Report
from core.queue.folder import STARTED, JobFolder, Stopped, read_tail
from core.queue.plan import BEGUN, Course, read_plan
from core.records import Progress
from core.typed import JsonObject, from_json

WRITE_EVERY = 0.25
"""Seconds between two lines of the same stage."""
READ_BYTES = 16 * 1024
"""How much of the end of the file is read at first to find the newest progress line."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A progress line."""

    t: float
    """This and `since`: epoch seconds."""
    since: float
    """When the stage began."""
    first: float
    """What was done then."""
    stage: str
    done: float
    total: float | None
    message: str = ""
    share: float | None = None
    """Of the whole job; this and the next two only where it has a plan."""
    left: float | None = None
    """Seconds."""
    steady: bool = True
    rest: float = 0.0
    """Seconds of the stages behind this one."""


class ProgressWriter:
    """Appends to a run's progress. One writer per run; calls may come as often as they like.

    With `raises_stopped`, an update raises `Stopped` once the run was asked to end: a worker that reports its
    progress can be stopped without a line of its own.
    """

    def __init__(self, folder: JobFolder, *, raises_stopped: bool = False) -> None:
        self._folder = folder
        self._raises_stopped = raises_stopped
        self._stage: str | None = None
        self._written = 0.0
        self._since = 0.0
        self._first = 0.0
        self._course = Course(read_plan(folder), float(os.environ.get(STARTED) or time.time()))
        self._append(b"\n" if _torn(folder.progress_path) else b"")

    def update(self, stage: str, done: float, total: float | None = None, message: str = "") -> None:
        """Says that `done` of `total` (any unit; None: unknown) of `stage` is behind the run.

        Written at most every 0.25 s; a stage's first and its complete state always are.
        """
        now, quick = time.time(), time.monotonic()
        if stage != self._stage:
            self._stage, self._since, self._first = stage, now, done
        elif quick - self._written < WRITE_EVERY and not (total and done >= total):
            return
        self._written = quick
        line = {"since": self._since, "first": self._first, "stage": stage, "done": done, "total": total}
        if whole := self._course.at(stage, done, total, now):
            line |= {"share": round(whole.share, 5), "left": round(whole.left, 2), "steady": whole.steady}
            line |= {"rest": round(whole.rest, 2)}
        self._line(line, message)
        if self._raises_stopped and self._folder.stop_requested():
            raise Stopped

    def begin(self) -> None:
        """Says that a life of the job begins."""
        self.event(BEGUN, at=self._course.started)

    def stage(self, name: str) -> Report:
        """The report of a stage of that name."""
        return lambda done, total: self.update(name, done, total)

    def event(self, name: str, **data: Any) -> None:
        """Records that something happened, such as a finished part of the output."""
        self._line({"event": name, **data})

    def _line(self, content: JsonObject, message: str = "") -> None:
        line = {"t": time.time(), **content} | ({"message": message} if message else {})
        self._append(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    def _append(self, line: bytes) -> None:
        """One write of one line: appended as a whole, also when another process appends too."""
        descriptor = os.open(self._folder.progress_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


def read_events(folder: JobFolder) -> list[JsonObject]:
    """Every event so far, oldest first: `event` (its name), `t` (epoch seconds) and its own data."""
    return events_after(folder, 0)[0]


def events_after(folder: JobFolder, offset: int) -> tuple[list[JsonObject], int]:
    """The events beyond a byte of the file, and the offset to go on from: that of the last line that is whole."""
    try:
        with folder.progress_path.open("rb") as file:
            file.seek(offset)
            whole, newline, _ = file.read().rpartition(b"\n")
    except FileNotFoundError:
        return [], 0
    parsed = (_parse(line) for line in whole.split(b"\n") if b'"event"' in line)
    return [line for line in parsed if line and "event" in line], offset + len(whole) + len(newline)


def read_progress(folder: JobFolder, now: float | None = None) -> Progress:
    """The newest state, its time left as of `now` (epoch seconds)."""
    size = READ_BYTES
    while True:
        tail = read_tail(folder.progress_path, size)
        for raw in reversed(tail.split(b"\n")):
            line = _parse(raw)
            if line and "stage" in line:
                found = from_json(_Line, line, str(folder.progress_path))
                return _progress(found, time.time() if now is None else now)
        if len(tail) < size:
            return Progress()
        size *= 8


def _progress(line: _Line, now: float) -> Progress:
    left, steady = _seconds_left(line, now), line.steady
    return Progress(line.stage, line.done, line.total, line.message, left, line.share, steady)


def _seconds_left(line: _Line, now: float) -> float | None:
    """What is left of the whole job, else of the stage at its mean pace, less the time since the line was written."""
    if line.left is not None:
        return max(line.rest, line.left - max(0.0, now - line.t))
    advanced, elapsed = line.done - line.first, line.t - line.since
    if not line.total or advanced <= 0 or elapsed <= 0:
        return None
    left = (line.total - line.done) * elapsed / advanced
    return max(0.0, float(left - max(0.0, now - line.t)))


def _parse(line: bytes) -> JsonObject | None:
    try:
        content = json.loads(line)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _torn(path: Path) -> bool:
    """Whether the file ends within a line."""
    return read_tail(path, 1) not in (b"", b"\n")
