"""What a fine-tune says while it runs: its figures by step, and its notes. Reads the job folder alone.

A page asks every second, and a day's run writes a hundred thousand lines: what was read once is kept beside the
workspace, and only what came since is read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from core.context import Context
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


class _Runs:
    """What the runs of a workspace have said. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: OrderedDict[str, _Heard] = OrderedDict()

    def metrics(self, folder: JobFolder) -> list[Metric]:
        with self._lock:
            return list(self._listened(folder).metrics.values())

    def notes(self, folder: JobFolder) -> list[str]:
        with self._lock:
            return list(self._listened(folder).notes)

    def _listened(self, folder: JobFolder) -> _Heard:
        heard = self._heard.setdefault(folder.job_id, _Heard())
        self._heard.move_to_end(folder.job_id)
        while len(self._heard) > KEPT:
            self._heard.popitem(last=False)
        events, heard.offset = events_after(folder, heard.offset)
        for event in events:
            heard.take(event, str(folder.progress_path))
        return heard


def metrics_of(context: Context, run_id: str) -> list[Metric]:
    """Every figure so far, by step. Of steps that were done twice, since a run was resumed, the later figures."""
    return sorted(_runs(context).metrics(context.queue.folder(run_id)), key=lambda metric: metric.step)


def notes_of(context: Context, run_id: str) -> list[str]:
    """What the run had to tell, such as a batch that it halved; each once, in order."""
    return _runs(context).notes(context.queue.folder(run_id))


def _runs(context: Context) -> _Runs:
    return context.beside.kept("what runs say", _Runs)
