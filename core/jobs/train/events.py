"""What a fine-tune says while it runs: its figures by step, and its notes. Reads the job folder alone.

A page asks every second, and a day's run writes a hundred thousand lines: what was read once is kept, and only what
came since is read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from core.jobs.train.spec import Figures, Note
from core.queue import JobFolder, events_after
from core.records import Metric
from core.typed import JsonObject, from_json

KEPT = 16
"""Runs whose events are held in memory."""


@dataclass(slots=True)
class _Heard:
    """What a run has said up to a byte of its file."""

    offset: int = 0
    metrics: dict[tuple[int, str, str], Metric] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def take(self, event: JsonObject, where: str) -> None:
        if event["event"] == "note":
            self.notes[from_json(Note, event, where).text] = None
        elif event["event"] == "metrics":
            said = from_json(Figures, event, where)
            for name, value in said.values.items():
                self.metrics[said.step, said.split, name] = Metric(said.step, said.epoch, said.split, name, value)


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
        heard.take(event, str(folder.progress_path))
    return heard
