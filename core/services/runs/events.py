"""What a fine-tune says while it runs: its figures by step, and its notes. Reads the job folder alone.

A page asks every second, and a day's run writes a hundred thousand lines: what was read once is kept, and only what
came since is read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.queue import JobFolder, events_after
from core.records import Metric

KEPT = 16
"""Runs whose events are held in memory."""


@dataclass(slots=True)
class _Heard:
    """What a run has said up to a byte of its file."""

    offset: int = 0
    metrics: dict[tuple[int, str, str], Metric] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def take(self, event: dict[str, Any]) -> None:
        if event["event"] == "note":
            self.notes[str(event["text"])] = None
        elif event["event"] == "metrics":
            step, epoch, split = int(event["step"]), float(event["epoch"]), str(event["split"])
            for name, value in event["values"].items():
                self.metrics[step, split, name] = Metric(step, epoch, split, str(name), float(value))


_heard: OrderedDict[Path, _Heard] = OrderedDict()
_lock = threading.Lock()


def metrics_of(folder: JobFolder) -> list[Metric]:
    """Every figure so far, by step. Of steps that were done twice, since a run was resumed, the later figures."""
    with _lock:
        found = list(_listened(folder).metrics.values())
    return sorted(found, key=lambda metric: metric.step)


def notes_of(folder: JobFolder) -> list[str]:
    """What the run had to tell, such as a batch that it halved; each once, in order."""
    with _lock:
        return list(_listened(folder).notes)


def _listened(folder: JobFolder) -> _Heard:
    heard = _heard.setdefault(folder.path, _Heard())
    _heard.move_to_end(folder.path)
    while len(_heard) > KEPT:
        _heard.popitem(last=False)
    events, heard.offset = events_after(folder, heard.offset)
    for event in events:
        heard.take(event)
    return heard
