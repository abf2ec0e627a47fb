"""What a fine-tune says while it runs: its figures by step, and its notes. Reads the run folder alone."""

from __future__ import annotations

from core.jobs import RunFolder, read_events
from core.records import Metric


def metrics_of(folder: RunFolder) -> list[Metric]:
    """Every figure so far, by step. Of steps that were done twice, since a run was resumed, the later figures."""
    found: dict[tuple[int, str, str], Metric] = {}
    for event in read_events(folder):
        if event["event"] != "metrics":
            continue
        step, epoch, split = int(event["step"]), float(event["epoch"]), str(event["split"])
        for name, value in event["values"].items():
            found[step, split, name] = Metric(step, epoch, split, str(name), float(value))
    return sorted(found.values(), key=lambda metric: (metric.step, metric.split, metric.name))


def notes_of(folder: RunFolder) -> list[str]:
    """What the run had to tell, such as a batch that it halved; each once, in order."""
    return list(dict.fromkeys(str(event["text"]) for event in read_events(folder) if event["event"] == "note"))
