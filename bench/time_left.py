"""How true the time left is that a job tells of itself: foretold against what was really left, at half of the job's
time and later, and the time that is said before it starts.

Each job runs twice, in a workspace that has never done such work and in another that knows the paces of the first; what
they embed is new to both.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data import DATA
from bench.row import Row
from core.context import Context
from core.jobs.split_plan import SplitPlan
from core.queue import JobFolder
from core.records import Dataset, ScanSpec, Schema, TrainSpec
from core.services.context import open_context
from core.services.load import start_load, wait
from core.services.scan import run_scan
from core.services.train import follow_train, start_train
from core.settings import Workspace

MOMENTS = (0.5, 0.65, 0.8)
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
TEXTS = Schema("text-classification", "text", "category")
TWEETS = Schema("text-classification", "text", "crowd_label")
IMAGES = Schema("image-classification", "image", "label")


@dataclass(frozen=True, slots=True)
class Asked:
    """A job to be timed."""

    name: str
    file: str
    schema: Schema
    what: ScanSpec | TrainSpec


JOBS = (
    Asked("scan of 822 tweets", "disaster_tweets/test.csv", TWEETS, ScanSpec(())),
    Asked("scan of 3,080 questions", "banking77/test.csv", TEXTS, ScanSpec(())),
    Asked("scan of 10,003 questions", "banking77/train.csv", TEXTS, ScanSpec(())),
    Asked("quick retrain on 3,080 questions", "banking77/test.csv", TEXTS, TrainSpec("minilm", "head")),
    Asked("last layers on 3,080 questions", "banking77/test.csv", TEXTS, TrainSpec("minilm", "last", epochs=2)),
    Asked("scan of 10,000 images", "cifar10_test/images.zip", IMAGES, ScanSpec(())),
)


def run() -> list[Row]:
    """Foretold over real time left, at each moment, and the seconds foretold before the start over those it took."""
    with tempfile.TemporaryDirectory() as root:
        return [row for place, asked in enumerate(JOBS) for row in _rows(Path(root) / str(place), asked)]


def _rows(root: Path, asked: Asked) -> Iterator[Row]:
    known: Path | None = None
    for name, told in (("first", "nothing known"), ("second", "paces known")):
        folder, foretold = _done(root / name, asked, known)
        known = root / name / "jobs.sqlite"
        for moment, ratio in ratios(folder):
            yield Row(f"{asked.name}, {told}: time left at {moment:.0%}", ratio, "foretold / real", bound="0.75 – 1.25")
        yield Row(f"{asked.name}, {told}: before it starts", foretold / took(folder), "foretold / real")


def _done(root: Path, asked: Asked, known: Path | None) -> tuple[JobFolder, float]:
    context = open_context(Workspace(root))
    try:
        if known:
            learn(root / "jobs.sqlite", known)
        plan = None if isinstance(asked.what, ScanSpec) else SplitPlan("random", SHARES)
        load = start_load(context, [str(DATA / asked.file)], asked.schema, name="data", by="bench", split_plan=plan)
        job_id = _run(context, wait(context, load.job_id), asked)
        return context.queue.folder(job_id), context.queue.get(job_id).estimate or 0.0
    finally:
        context.close()


def _run(context: Context, dataset: Dataset, asked: Asked) -> str:
    if isinstance(asked.what, ScanSpec):
        return run_scan(context, dataset.latest_version_id, asked.what, "bench").job_id
    return follow_train(context, start_train(context, dataset.latest_version_id, asked.what, "bench"))[1].job_id


def learn(own: Path, known: Path) -> None:
    """Gives a workspace the paces of another."""
    with closing(sqlite3.connect(known)) as other, closing(sqlite3.connect(own)) as mine, mine:
        mine.executemany("INSERT OR REPLACE INTO paces VALUES (?, ?, ?)", other.execute("SELECT * FROM paces"))


def ratios(folder: JobFolder) -> list[tuple[float, float]]:
    """At each moment the time left as a page would have told it then, over the time that really was left."""
    began, ended = life(folder)
    lines = [line for line in _lines(folder) if "left" in line]
    found = []
    for moment in MOMENTS:
        now = began + moment * (ended - began)
        newest = [line for line in lines if line["t"] <= now][-1]
        left = max(newest["rest"], newest["left"] - (now - newest["t"]))
        found.append((moment, left / (ended - now)))
    return found


def took(folder: JobFolder) -> float:
    """Seconds from its turn to its result."""
    began, ended = life(folder)
    return ended - began


def life(folder: JobFolder) -> tuple[float, float]:
    """When a job that is done began, and when its result was written."""
    began = next(line["at"] for line in _lines(folder) if line.get("event") == "begun")
    return began, (folder.path / "result.json").stat().st_mtime


def _lines(folder: JobFolder) -> list[dict[str, Any]]:
    return [json.loads(line) for line in folder.progress_path.read_text(encoding="utf-8").splitlines() if line]
