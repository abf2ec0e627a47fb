"""One share and one time left for a whole job, out of its plan and what it reports."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.queue import JobFolder, ProgressWriter, read_progress
from core.queue.plan import START, WARM, Course, Stage, following, read_plan, spent, write_plan

PLAN = (
    Stage(START, 4.0, "start", 1.0, even=False),
    Stage("reading", 1.0, "reading", 100.0),
    Stage("encoding", 100.0, "encoding", 1000.0),
    Stage("solving", 10.0, "solving", 50.0, even=False, sure=True),
    Stage("saving", 2.0, "saving", 1.0, even=False),
)
Report = tuple[float, str, float, float | None]


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path / "run").create()


def _job(*seconds: float) -> Iterator[Report]:
    """What a job reports whose stages take so long: the moment, the stage, what is done, and of how much."""
    now = seconds[0]
    for stage, took in zip(PLAN[1:], seconds[1:], strict=True):
        for step in range(101):
            yield now + took * step / 100, stage.name, step, 100
        now += took


def _errors(reports: list[Report], end: float) -> tuple[list[float], list[float]]:
    """The shares told, and from half-way on by which share of the whole time the time left was wrong."""
    course, shares, errors = Course(PLAN, 0.0), [], []
    for now, stage, done, total in reports:
        found = course.at(stage, done, total, now)
        assert found is not None
        shares.append(found[0])
        if now >= end / 2:
            errors.append(abs(found[1] - (end - now)) / max(end - now, 0.05 * end))
    return shares, errors


@pytest.mark.parametrize(
    "seconds",
    [(4, 1, 100, 10, 2), (8, 2, 200, 20, 4), (12, 3, 500, 50, 10), (2, 0.5, 30, 3, 0.6)],
    ids=["as foreseen", "twice as long", "five times as long", "a third"],
)
def test_from_half_way_on_the_time_left_is_within_a_quarter_and_the_bar_never_runs_back(
    seconds: tuple[float, ...],
) -> None:
    shares, errors = _errors(list(_job(*seconds)), sum(seconds))
    assert shares == sorted(shares) and shares[-1] < 1
    assert max(errors) <= 0.25, max(errors)


@pytest.mark.parametrize("warm", [1.0, 12.0], ids=["loads sooner", "loads longer"])
def test_what_a_stage_takes_before_its_first_unit_says_nothing_of_its_pace(warm: float) -> None:
    plan = (Stage("encoding", 16.0, "encoding", 100.0, warm=6.0), Stage("solving", 2.0, "solving", 1.0, even=False))
    course, end, errors = Course(plan, 0.0), warm + 12.0, []
    course.at("encoding", 0, 100, 0.0)
    for step in range(1, 101):
        now = warm + step / 10
        found = course.at("encoding", step, 100, now)
        assert found is not None
        if now >= end / 2 and step >= 10:
            errors.append(abs(found.left - (end - now)) / max(end - now, 0.05 * end))
    assert max(errors) <= 0.25, max(errors)


def test_what_was_learnt_of_little_work_foretells_much(folder: JobFolder) -> None:
    little = (Stage("encoding", 9.0, "encoding", 100.0, warm=1.0), Stage("solving", 0.2, "solving", 5.0, even=False))
    write_plan(folder, little)
    steps = [(0.0, 0), (6.5, 50), (6.8, 80), (7.0, 100)]
    told = [{"t": t, "since": 0.0, "first": 0, "stage": "encoding", "done": done, "total": 100} for t, done in steps]
    told += [{"t": 7.0, "since": 7.0, "first": 0, "stage": "solving", "done": 0, "total": 1}]
    lines = [{"t": 0.0, "event": "begun", "at": 0.0}, *told]
    folder.progress_path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    folder.write_result({})
    os.utime(folder.path / "result.json", (7.01, 7.01))
    found = {key: seconds / units for key, seconds, units in spent(folder)}
    assert found["encoding"] == pytest.approx(0.01) and found["encoding" + WARM] == pytest.approx(6.0)
    assert 0.03 < found["solving"] <= 0.04, "a hundredth of a second tells next to nothing"


def test_a_stage_that_is_left_out_takes_no_time() -> None:
    course = Course(PLAN, 0.0)
    course.at("reading", 0, 100, 4.0)
    before = course.at("reading", 100, 100, 5.0)
    after = course.at("solving", 0, 1, 5.1)
    assert before and after and after[0] > before[0] and after[1] < 20 < before[1]


def test_a_stage_that_is_not_planned_leaves_the_rest_as_it_was() -> None:
    course = Course(PLAN, 0.0)
    course.at("reading", 0, 100, 4.0)
    found = course.at("looking around", 0, None, 5.0)
    assert found is not None and found[1] == pytest.approx(112, rel=0.1)


def test_a_stage_of_an_earlier_name_never_skips_what_a_job_always_reports() -> None:
    plan = (Stage("label issues", 1.0), Stage("probabilities", 50.0, sure=True), Stage("label issues", 1.0))
    assert following(plan, -1, "label issues") == 0
    assert following(plan, 0, "label issues") is None
    assert following(plan, 1, "label issues") == 2


def test_the_time_is_steady_once_it_has_stopped_moving() -> None:
    course = Course(PLAN, 0.0)
    told = [course.at(stage, done, total, now) for now, stage, done, total in _job(4, 1, 100, 10, 2)]
    assert not [found for found in told if found is None]
    assert told[0] is not None and not told[0][2]
    assert told[-1] is not None and told[-1][2]


def test_a_plan_that_cannot_be_read_is_none(folder: JobFolder) -> None:
    assert read_plan(folder) == ()
    (folder.path / "plan.json").write_text("{")
    assert read_plan(folder) == ()
    assert Course((), 0.0).at("work", 1, 2, 3.0) is None


def test_whoever_reads_the_progress_gets_the_share_and_time_of_the_whole(
    folder: JobFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_plan(folder, PLAN)
    assert read_plan(folder) == PLAN
    monkeypatch.setenv("WINNOW_STARTED", "100.0")
    monkeypatch.setattr("core.queue.progress.time.time", lambda: 105.0)
    ProgressWriter(folder).update("encoding", 0, 1000)
    progress = read_progress(folder, now=105.0)
    assert progress.fraction is not None and 0.02 < progress.fraction < 0.1
    assert progress.seconds_left == pytest.approx(112, rel=0.15) and not progress.steady
    later = read_progress(folder, now=115.0).seconds_left
    assert later is not None and progress.seconds_left is not None
    assert later == pytest.approx(progress.seconds_left - 10)


def test_how_long_each_stage_took_is_learnt_from_the_last_life_of_a_job(folder: JobFolder) -> None:
    write_plan(folder, PLAN)
    lines: list[dict[str, object]] = [
        {"t": 1.0, "event": "begun", "at": 0.0},
        {"t": 3.0, "since": 3.0, "first": 0, "stage": "encoding", "done": 0, "total": 1000},
        {"t": 50.0, "event": "begun", "at": 50.0},
        {"t": 55.0, "since": 55.0, "first": 0, "stage": "reading", "done": 0, "total": 100},
        {"t": 56.0, "since": 56.0, "first": 400, "stage": "encoding", "done": 400, "total": 1000},
        {"t": 86.0, "since": 86.0, "first": 0, "stage": "solving", "done": 0, "total": 1},
    ]
    folder.progress_path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    folder.write_result({})
    found = {key: (seconds, units) for key, seconds, units in spent(folder)}
    assert found["start"] == (5.0, 1.0) and found["reading"] == (1.0, 100.0)
    assert found["encoding"] == (30.0, pytest.approx(600.0))
    assert "saving" not in found
