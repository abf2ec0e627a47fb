"""Short work beside long work, with real processes: who starts when, and what a job does whose first part is short."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.queue import JobFolder, Queue
from core.queue.launcher import BESIDE, Lane
from core.records import Job
from core.settings import Workspace
from tests.integration.job_support import WORKER, created, wait_for_end, wait_for_work, wait_until

LEAVING = "tests.integration.leaving_worker"


@pytest.fixture
def queue(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    return Queue(workspace)


def _start(queue: Queue, lane: Lane, steps: int, module: str = WORKER, estimate: float | None = None) -> Job:
    spec = {"steps": steps, "number": queue.count()}  # else the second of two would be the first
    return queue.enqueue(created(queue, "test", f"A {lane} job", module, spec, None, "ann").job_id, lane, estimate)


def _priority(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def test_short_work_starts_and_ends_while_long_work_goes_on_and_more_of_it_waits(queue: Queue) -> None:
    long, waiting = _start(queue, "long", 1200), _start(queue, "long", 1, estimate=60.0)
    at_work = wait_for_work(queue, long)
    short = _start(queue, "short", 20)
    beside = wait_for_work(queue, short)
    assert _priority(at_work) > _priority(beside) > 0  # the long one gives way
    assert wait_for_end(queue, short).status == "done" and queue.get(short.job_id).device == BESIDE
    assert queue.get(long.job_id).status == "running"
    assert queue.get(waiting.job_id).behind == "A long job"
    for job in (long, waiting):
        queue.cancel(job.job_id)
        wait_for_end(queue, job)


def test_where_the_device_is_free_short_work_has_it(queue: Queue) -> None:
    assert wait_for_end(queue, _start(queue, "short", 1)).device == "cpu"


def test_a_job_that_was_moved_to_the_front_starts_next(queue: Queue) -> None:
    long = _start(queue, "long", 1200)
    wait_for_work(queue, long)
    second, third = _start(queue, "long", 1), _start(queue, "long", 1)
    assert queue.move(third.job_id, "first").queue_position == 1
    queue.cancel(long.job_id)
    ends = [wait_for_end(queue, job) for job in (second, third)]
    assert all(job.status == "done" for job in ends)
    assert ends[1].started_at and ends[0].started_at and ends[1].started_at < ends[0].started_at


def test_a_job_whose_first_part_is_short_does_that_beside_and_waits_for_the_rest(queue: Queue) -> None:
    long = _start(queue, "long", 1200)
    wait_for_work(queue, long)
    job = _start(queue, "first", 1, LEAVING)
    wait_until(lambda: (JobFolder(Path(job.folder)).output / "first").exists(), "the first part")
    wait_until(lambda: queue.get(job.job_id).status == "queued", "the wait for the rest")
    waits = queue.get(job.job_id)
    assert waits.started_at is not None and waits.queue_position == 1
    assert job.job_id in {one.job_id for one in queue.uncollected()}  # its first part is taken in
    queue.cancel(long.job_id)
    ended = wait_for_end(queue, job)
    assert ended.status == "done" and ended.device == "cpu"
    folder = JobFolder(Path(job.folder))
    assert folder.result() == {"lives": 2} and not folder.turn_wanted()


def test_a_job_that_waits_for_its_second_part_can_be_stopped(queue: Queue) -> None:
    long = _start(queue, "long", 1200)
    wait_for_work(queue, long)
    job = _start(queue, "first", 1, LEAVING)
    wait_until(lambda: (JobFolder(Path(job.folder)).output / "first").exists(), "the first part")
    wait_until(lambda: queue.get(job.job_id).status == "queued", "the wait for the rest")
    queue.stop(job.job_id)
    assert wait_for_end(queue, job).status == "stopped"
    queue.cancel(long.job_id)
    wait_for_end(queue, long)
