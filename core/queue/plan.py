"""What a job has before it: its stages with the seconds that each will take, and so how far the whole of it is.

`plan.json` lies in the job folder: a list of stages in their order. How long a unit of some kind of work takes is
learnt from jobs that are done on this machine (`spent`); until then, whoever makes the plan says what is usual.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from core.queue.folder import JobFolder, write_json

START = "start"
"""The stage before the first that a job names: its process starts and loads libraries."""
BEGUN = "begun"
"""The event with which each life of a job begins: `at`, epoch seconds."""
SURE_SECONDS, SURE_SHARE = 8.0, 0.03
"""A stage's own pace counts in full after so many seconds and so much of it."""
SLOWEST, QUICKEST = 20.0, 0.05
"""How far from what was foreseen this job can be, as a factor."""
STEADY, SIGHTS, MEMORY = 0.15, 5, 256
"""The time that all will take is steady where it has moved by no more than this share since half as much had gone by,
and has been reckoned so many times since, a hundredth of it apart."""
MOST = 0.995
"""Of the bar, as long as the job is not done."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a plan."""

    name: str
    """As the job reports it."""
    seconds: float
    """That it will take, as foreseen."""
    key: str = ""
    """Under which the pace of this kind of work is learnt; empty: not."""
    units: float = 0.0
    """Of it, in whatever unit the key means."""
    even: bool = True
    """Whether what the job reports of it is done at an even pace, so that its own pace tells its end."""
    sure: bool = False
    """Whether the job always reports it: then nothing behind it has begun before."""


def write_plan(folder: JobFolder, stages: Sequence[Stage]) -> None:
    """Writes plan.json."""
    write_json(folder.path / "plan.json", {"stages": [asdict(stage) for stage in stages]})


def read_plan(folder: JobFolder) -> tuple[Stage, ...]:
    """The plan of a job; empty where it has none that can be read."""
    try:
        content = json.loads((folder.path / "plan.json").read_text(encoding="utf-8"))
        return tuple(Stage(**stage) for stage in content["stages"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def following(stages: Sequence[Stage], place: int, name: str) -> int | None:
    """Where in the plan a stage of that name stands behind `place`; None where it is not planned there."""
    for index in range(place + 1, len(stages)):
        if stages[index].name == name:
            return index
        if stages[index].sure:
            return None
    return None


class Reckoned(NamedTuple):
    """Where a job is."""

    share: float
    """Of the whole, in 0–1."""
    left: float
    """Seconds."""
    steady: bool
    """Whether these have stopped moving about."""
    rest: float
    """Of the seconds left, those of the stages behind the one that it is in: as many are left as long as it is."""


@dataclass(slots=True)
class Course:
    """How far a job is, reckoned as it goes. Nothing that it says of the bar ever falls."""

    stages: tuple[Stage, ...]
    started: float
    """Epoch seconds."""
    place: int = field(default=-1)
    share: float = field(default=0.0)
    _name: str = field(default=START)
    _begun: float = field(default=0.0)
    _first: float = field(default=0.0)
    _planned: bool = field(default=False)
    _actual: float = field(default=0.0)
    _expected: float = field(default=0.0)
    _totals: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def __post_init__(self) -> None:
        self._begun = self.started
        if self.stages and self.stages[0].name == START:
            self.place, self._planned = 0, True

    def at(self, name: str, done: float, total: float | None, now: float) -> Reckoned | None:
        """Where the job is now; None without a plan."""
        if not self.stages:
            return None
        if name != self._name:
            self._enter(name, done, now)
        elapsed = max(0.0, now - self._begun)
        stage = self.stages[self.place] if self._planned else None
        weight, projected = self._projected(stage, elapsed, done, total)
        factor = self._factor(stage, weight, projected)
        rest = sum(one.seconds for one in self.stages[self.place + 1 :])
        left = max(0.0, projected - elapsed) + factor * rest
        gone = max(1e-6, now - self.started)
        self.share = min(MOST, max(self.share, gone / (gone + left)))
        return Reckoned(self.share, left, self._steady(gone, gone + left), factor * rest)

    def _enter(self, name: str, done: float, now: float) -> None:
        if self._planned and self.place >= 0:
            self._actual += max(0.0, now - self._begun)
            self._expected += self.stages[self.place].seconds
        found = following(self.stages, self.place, name)
        self._planned = found is not None
        if found is not None:
            self.place = found
        self._name, self._begun, self._first = name, now, done

    def _projected(self, stage: Stage | None, elapsed: float, done: float, total: float | None) -> tuple[float, float]:
        """How far the stage's own pace is believed, in 0–1, and the seconds that it will take in all."""
        if stage is None:
            return 0.0, elapsed
        foreseen = max(stage.seconds * self._factor(None, 0.0, 0.0), elapsed)
        behind = (done - self._first) / (total - self._first) if total and total > self._first else 0.0
        if not stage.even or behind <= 0:
            return 0.0, foreseen
        if behind >= 1:
            return 1.0, elapsed
        weight = min(1.0, elapsed / SURE_SECONDS, behind / SURE_SHARE)
        return weight, weight * elapsed / behind + (1 - weight) * foreseen

    def _factor(self, stage: Stage | None, weight: float, projected: float) -> float:
        """How much slower this job is than was foreseen."""
        pull = 1.0 + 0.02 * sum(one.seconds for one in self.stages)
        actual = pull + self._actual + weight * projected
        expected = pull + self._expected + (weight * stage.seconds if stage else 0.0)
        return min(SLOWEST, max(QUICKEST, actual / expected))

    def _steady(self, gone: float, total: float) -> bool:
        if not self._totals or gone - self._totals[-1][0] >= 0.01 * total:
            self._totals.append((gone, total))
        since = [one for at, one in self._totals if at >= gone / 2]
        return len(since) >= SIGHTS and all(abs(one - total) <= STEADY * total for one in since)


def spent(folder: JobFolder) -> Iterator[tuple[str, float, float]]:
    """For each stage of a job that is done, in its last life: under which key it is learnt, the seconds that it took
    and its units. What began further on, since an earlier life had done the rest, counts as if it had done all."""
    stages, visits, started = read_plan(folder), _visits(folder), _begun(folder)
    if not stages or not visits or started is None:
        return
    place = -1
    if stages[0].name == START:
        place = 0
        yield from _pace(stages[0], visits[0][1] - started, 1.0)
    for index, (name, since, done) in enumerate(visits):
        found = following(stages, place, name)
        if found is not None:
            place = found
            until = visits[index + 1][1] if index + 1 < len(visits) else _ended(folder)
            yield from _pace(stages[found], until - since, done)


def _pace(stage: Stage, seconds: float, done: float) -> Iterator[tuple[str, float, float]]:
    if stage.key and stage.units > 0 and seconds >= 0 and done > 0:
        yield stage.key, seconds, stage.units * done


def _visits(folder: JobFolder) -> list[tuple[str, float, float]]:
    """The stages of a job's last life: name, beginning in epoch seconds, and the share of it that was done in it."""
    visits: list[tuple[str, float, float]] = []
    for line in _lines(folder):
        if line.get("event") == BEGUN:
            visits = []
        elif "stage" in line:
            first, total = line.get("first") or 0.0, line.get("total")
            share = 1.0 - first / total if total and 0 < first < total else 1.0
            if not visits or visits[-1][0] != line["stage"]:
                visits.append((line["stage"], line["since"], share))
    return visits


def _begun(folder: JobFolder) -> float | None:
    found = [line["at"] for line in _lines(folder) if line.get("event") == BEGUN]
    return found[-1] if found else None


def _ended(folder: JobFolder) -> float:
    return (folder.path / "result.json").stat().st_mtime


def _lines(folder: JobFolder) -> Iterator[dict[str, Any]]:
    with folder.progress_path.open("rb") as file:
        for raw in file:
            if b'"stage"' in raw or b'"begun"' in raw:
                try:
                    line = json.loads(raw)
                except ValueError:
                    continue
                if isinstance(line, dict):
                    yield line
