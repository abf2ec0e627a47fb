"""Whose turn it is: short work before long work, places that people give, and why and until when a job waits."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.errors import JobError
from core.queue import Queue
from core.queue.launcher import BESIDE, Slot
from core.queue.local.slots import slot_beside, try_slots
from core.queue.table import JobTable
from core.queue.waiting import Wait, waits
from core.settings import Workspace
from tests.integration.job_support import created

FIXED = {"kind": "k", "module": "m", "launch": "python", "folder": "/", "created_by": "a", "created_at": 0.0}


@pytest.fixture
def table(tmp_path: Path) -> JobTable:
    return JobTable(tmp_path / "jobs.sqlite")


def _add(table: JobTable, name: str, lane: str = "long", **values: object) -> None:
    about = {"status": "queued", "needs_device": True, "title": f"Job {name}"} | values
    table.insert(job_id=name, lane=lane, **about, **FIXED)


def test_short_work_goes_before_long_work_that_was_asked_for_earlier(table: JobTable) -> None:
    for name, lane in (("long", "long"), ("scan", "first"), ("short", "short")):
        _add(table, name, lane)
    assert table.waiting() == ["short", "long", "scan"]
    assert table.waiting_beside() == ["scan", "short"]


def test_a_job_moves_before_all_others_or_one_place(table: JobTable) -> None:
    for name in ("a", "b", "c", "d"):
        _add(table, name)
    assert table.move("c", "first") and table.waiting() == ["c", "a", "b", "d"]
    assert table.move("b", "up") and table.waiting() == ["c", "b", "a", "d"]
    assert table.move("c", "down") and table.waiting() == ["b", "c", "a", "d"]
    _add(table, "e")
    assert table.waiting()[-1] == "e"


def test_a_job_that_is_there_or_does_not_wait_cannot_be_moved(table: JobTable) -> None:
    _add(table, "a")
    _add(table, "b")
    _add(table, "running", status="running")
    assert [table.move("a", "first"), table.move("b", "down"), table.move("running", "up")] == [False] * 3
    assert table.waiting() == ["a", "b"]


def test_the_queue_says_that_a_job_cannot_be_moved(workspace: Workspace) -> None:
    queue = Queue(workspace)
    job = created(queue, "test", "A test", "no.module", {}, None, "ann")
    with pytest.raises(JobError, match="A test cannot be moved: it is preparing"):
        queue.move(job.job_id, "first")


def test_short_work_runs_beside_the_others_on_the_cpu_alone(tmp_path: Path) -> None:
    assert slot_beside([Slot("cpu")]) == Slot(BESIDE)
    assert slot_beside([Slot("cuda:0", {"CUDA_VISIBLE_DEVICES": "0"})]).environment == {"CUDA_VISIBLE_DEVICES": ""}
    held = try_slots(tmp_path / "slots", [slot_beside([Slot("cpu")])])
    assert held is not None and held.name == BESIDE
    assert try_slots(tmp_path / "slots", [slot_beside([Slot("cpu")])]) is None
    held.give_back()
    again = try_slots(tmp_path / "slots", [slot_beside([Slot("cpu")])])
    assert again is not None
    again.give_back()


def _waits(table: JobTable, left: dict[str, float | None]) -> dict[str, Wait]:
    return waits(table.active(), table.waiting(), table.waiting_beside(), left)


def test_a_job_that_waits_says_behind_which_and_until_when(table: JobTable) -> None:
    _add(table, "runs", status="running", device="cpu")
    _add(table, "next", estimate=600.0)
    _add(table, "last", estimate=60.0)
    found = _waits(table, {"runs": 300.0})
    assert found == {"next": Wait("Job runs", 300.0), "last": Wait("Job next", 900.0)}


def test_two_devices_serve_two_at_a_time(table: JobTable) -> None:
    _add(table, "one", status="running", device="cuda:0")
    _add(table, "other", status="running", device="cuda:1")
    for name in ("a", "b", "c"):
        _add(table, name, estimate=10.0)
    found = _waits(table, {"one": 100.0, "other": 20.0})
    assert found == {"a": Wait("Job other", 20.0), "b": Wait("Job a", 30.0), "c": Wait("Job b", 40.0)}


def test_no_time_is_told_where_nobody_knows_how_long_the_one_before_takes(table: JobTable) -> None:
    _add(table, "runs", status="running", device="cpu")
    _add(table, "waits")
    assert _waits(table, {"runs": None}) == {"waits": Wait("Job runs", None)}


def test_short_work_waits_for_short_work_alone(table: JobTable) -> None:
    _add(table, "runs", status="running", device="cpu")
    _add(table, "quick", "short", status="running", device=BESIDE)
    _add(table, "next", "short", estimate=5.0)
    assert _waits(table, {"runs": 3000.0, "quick": 8.0})["next"] == Wait("Job quick", 8.0)


def test_of_a_job_that_waits_for_its_second_part_the_first_is_taken_in(table: JobTable) -> None:
    _add(table, "new")
    _add(table, "begun", started_at=1.0)
    assert [row["job_id"] for row in table.uncollected()] == ["begun"]


def test_the_newest_pace_counts_half(table: JobTable) -> None:
    assert table.pace("cpu: it") is None
    table.learn_pace("cpu: it", 10.0, 5.0, 0.5)
    table.learn_pace("cpu: it", 20.0, 5.0, 0.5)
    assert table.pace("cpu: it") == 3.0


def test_a_file_of_an_earlier_release_gets_lanes_and_places(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    _add(JobTable(path), "old")
    with sqlite3.connect(path) as connection:
        for column in ("lane", "place"):
            connection.execute(f"ALTER TABLE jobs DROP COLUMN {column}")
        connection.execute("DROP TABLE paces")
    connection.close()
    table = JobTable(path)
    assert table.waiting() == ["old"] and table.pace("cpu: it") is None


def test_a_job_that_came_after_the_look_at_those_that_wait_is_passed_over(table: JobTable) -> None:
    _add(table, "next")
    active = table.active()
    _add(table, "late")
    assert waits(active, table.waiting(), table.waiting_beside(), {}).keys() <= {"next"}
