"""What a job has before it: its stages with the seconds that each will take, and so how far the whole of it is.

`plan.json` lies in the job folder: a list of stages in their order. How long a unit of some kind of work takes, and how
long a stage needs before its first one, is learnt from jobs that are done on this machine (`spent`); until then,
whoever makes the plan says what is usual.
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
WARM = ": first"
"""Ends the key under which is learnt what a stage takes before its first unit."""
SURE_SECONDS, SURE_SHARE = 3.0, 0.03
"""A stage's own pace counts in full after so many seconds and so much of it."""
LATER, NOTED = 5.0, 32.0
"""That pace is the one of its later half, of so many seconds at least; how far it was is noted, ever more seldom."""
TOLD_SHARE, TOLD_SECONDS = 0.3, 1.0
"""From so much of a stage its pace is told apart from what it took before its first unit; and what has taken less time
than this, and was to take less, counts the less where paces are learnt: little work tells little of much."""
PULL = 0.07
"""So much of what is left of a plan speaks for its having been right, against what has been seen of this job."""
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
    warm: float = 0.0
    """Of the seconds, those before its first unit is done: libraries and models are loaded, however much work there
    is."""


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
    _marks: list[tuple[float, float]] = field(default_factory=list)
    """When the stage had got on, and how far: the first time, and some since."""
    _own: tuple[float, float] = field(default=(0.0, 0.0))
    """Seconds that the stage's work takes at its own pace, as far as that is believed, and that were foreseen of it."""
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
        elif done > self._first:
            self._note(now, done)
        elapsed = max(0.0, now - self._begun)
        stage = self.stages[self.place] if self._planned else None
        projected = self._projected(stage, now, done, total)
        factor = self._slower(*self._own)
        rest = sum(one.seconds for one in self.stages[self.place + 1 :])
        left = max(0.0, projected - elapsed) + factor * rest
        gone = max(1e-6, now - self.started)
        self.share = min(MOST, max(self.share, gone / (gone + left)))
        return Reckoned(self.share, left, self._steady(gone, gone + left), factor * rest)

    def _note(self, now: float, done: float) -> None:
        """Few are kept of a long stage."""
        if not self._marks or now - self._marks[-1][0] > (now - self._marks[0][0]) / NOTED:
            self._marks.append((now, done))

    def _enter(self, name: str, done: float, now: float) -> None:
        if self._planned and self.stages[self.place].name != START:  # loading says little of working
            own, foreseen = self._own
            stage = self.stages[self.place]
            self._actual += own if foreseen else max(0.0, now - self._begun)
            self._expected += foreseen or stage.seconds
        found = following(self.stages, self.place, name)
        self._planned = found is not None
        if found is not None:
            self.place = found
        self._name, self._begun, self._first, self._marks, self._own = name, now, done, [], (0.0, 0.0)

    def _projected(self, stage: Stage | None, now: float, done: float, total: float | None) -> float:
        """The seconds that the stage will take in all. Its pace is that of the later half of the time since it first
        got on: what came before that says nothing of what is to come."""
        elapsed = max(0.0, now - self._begun)
        whole = total - self._first if total else 0.0
        if stage is None or (whole > 0 and done - self._first >= whole):
            return elapsed
        slower = self._slower()
        if not stage.even or whole <= 0 or not self._marks:
            return max(stage.seconds * slower, elapsed)
        left, work = 1 - (done - self._first) / whole, stage.seconds - stage.warm
        since = now - self._marks[0][0]
        at, to = next(mark for mark in reversed(self._marks) if now - mark[0] >= min(since, max(LATER, since / 2)))
        took, more = now - at, (done - to) / whole
        if more <= 0:
            return elapsed + left * work * slower
        weight = min(1.0, took / SURE_SECONDS, more / SURE_SHARE)
        self._own = weight * took / more, weight * work
        return elapsed + left * (weight * took / more + (1 - weight) * work * slower)

    def _slower(self, own: float = 0.0, foreseen: float = 0.0) -> float:
        """How much slower this job is than was foreseen. `own`, `foreseen`: the seconds of the present stage's work."""
        pull = 1.0 + PULL * sum(one.seconds for one in self.stages[max(0, self.place) :])
        slower = (pull + self._actual + own) / (pull + self._expected + foreseen)
        return min(SLOWEST, max(QUICKEST, slower))

    def _steady(self, gone: float, total: float) -> bool:
        if not self._totals or gone - self._totals[-1][0] >= 0.01 * total:
            self._totals.append((gone, total))
        since = [one for at, one in self._totals if at >= gone / 2]
        return len(since) >= SIGHTS and all(abs(one - total) <= STEADY * total for one in since)


class _Visit(NamedTuple):
    """A stage that a job went through."""

    name: str
    since: float
    """This and `moved`: epoch seconds."""
    first: float = 0.0
    total: float | None = None
    moved: float | None = None
    """When it had first got on."""
    to: float = 0.0
    """How far."""

    @property
    def share(self) -> float:
        """Of the stage, that was done in this life of the job."""
        return 1.0 - self.first / self.total if self.total and 0 < self.first < self.total else 1.0


def spent(folder: JobFolder) -> Iterator[tuple[str, float, float]]:
    """For each stage of a job that is done, in its last life: under which key it is learnt, the seconds that it took
    and its units. What began further on, since an earlier life had done the rest, counts as if it had done all."""
    stages, visits, started = read_plan(folder), _visits(folder), _begun(folder)
    if not stages or not visits or started is None:
        return
    place = -1
    if stages[0].name == START:
        place = 0
        yield from _learnt(stages[0], _Visit(START, started), visits[0].since)
    for index, visit in enumerate(visits):
        found = following(stages, place, visit.name)
        if found is not None:
            place = found
            until = visits[index + 1].since if index + 1 < len(visits) else _ended(folder)
            yield from _learnt(stages[found], visit, until)


def learnt_of(stage: Stage, seconds: float) -> Iterator[tuple[str, float, float]]:
    """The same of a stage that took so long, of work that is no job."""
    return _learnt(stage, _Visit(stage.name, 0.0), seconds)


def _learnt(stage: Stage, visit: _Visit, until: float) -> Iterator[tuple[str, float, float]]:
    """What a stage took for its units and, under a key of its own, before the first of them."""
    seconds, units = until - visit.since, stage.units * visit.share
    if not stage.key or units <= 0 or seconds < 0:
        return
    foreseen = max(stage.seconds, 1e-9)
    warm = seconds * stage.warm / foreseen
    if stage.even and visit.moved is not None and visit.total:
        more = (visit.total - visit.to) / (visit.total - visit.first)
        if more >= TOLD_SHARE:
            warm = max(0.0, seconds - (until - visit.moved) / more)
    work, usual = seconds - warm, (stage.seconds - stage.warm) * visit.share
    told = min(1.0, max(work, usual) / TOLD_SECONDS)
    yield stage.key, told * work + (1 - told) * usual, units
    if warm > 0 or stage.warm > 0:
        yield stage.key + WARM, warm, 1.0


def _visits(folder: JobFolder) -> list[_Visit]:
    """The stages of a job's last life, in their order."""
    visits: list[_Visit] = []
    for line in _lines(folder):
        if line.get("event") == BEGUN:
            visits = []
        elif "stage" in line:
            if not visits or visits[-1].name != line["stage"]:
                visits.append(_Visit(line["stage"], line["since"], line.get("first") or 0.0))
            visit, done = visits[-1]._replace(total=line.get("total")), line.get("done") or 0.0
            if visit.moved is None and done > visit.first:
                visit = visit._replace(moved=line["t"], to=done)
            visits[-1] = visit
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
