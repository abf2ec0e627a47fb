"""Jobs as real processes: stopped, cancelled, killed, lost and found."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.identity import identify
from core.queue import Queue
from core.queue.table import JobTable
from core.settings import Workspace
from tests.integration.job_support import (
    WORKER,
    found_lost,
    kill_wrapper,
    lives,
    start,
    wait_for_end,
    wait_for_work,
    wait_until,
    wrapper_of,
)

PROJECT = Path(__file__).resolve().parents[2]
APP = """
import sys, time
from pathlib import Path
from core.queue import Queue
from core.settings import Workspace
from tests.integration.job_support import created
queue = Queue(Workspace(Path(sys.argv[1])))
running = queue.enqueue(created(queue, "test", "Running", sys.argv[2], {"steps": 20}, None, "ann").job_id)
preparing = created(queue, "test", "Preparing", sys.argv[2], {}, None, "ann")
local = queue.start_local("load", "Local", {}, None, "ann")
print(running.job_id, preparing.job_id, local.job_id, flush=True)
time.sleep(60)
"""


@pytest.fixture
def queue(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    queue = Queue(workspace)
    yield queue
    for job in queue.active():
        queue.cancel(job.job_id)


def test_a_job_that_does_not_listen_is_cancelled_within_a_second_or_so(queue: Queue) -> None:
    job = start(queue, deaf=True, child=60)
    pids = [wait_for_work(queue, job), wait_for_work(queue, job, "child"), wrapper_of(job)]
    asked = time.monotonic()
    assert queue.cancel(job.job_id).status == "stopping"
    assert wait_for_end(queue, job).status == "cancelled"
    assert time.monotonic() - asked < 2.0
    wait_until(lambda: not any(lives(pid) for pid in pids), "the end of all its processes")


def test_a_stopped_job_ends_by_itself_and_keeps_what_it_made(queue: Queue) -> None:
    job = start(queue, steps=1000)
    wait_for_work(queue, job)
    (queue.folder(job.job_id).output / "part").write_text("kept")
    queue.stop(job.job_id)
    stopped = wait_for_end(queue, job)
    assert (stopped.status, stopped.error) == ("stopped", "")
    assert (queue.folder(job.job_id).output / "part").exists()


def test_a_stop_that_is_not_heard_can_be_followed_by_a_cancel(queue: Queue) -> None:
    job = start(queue, deaf=True)
    wait_for_work(queue, job)
    queue.stop(job.job_id)
    time.sleep(0.7)
    assert queue.get(job.job_id).status == "stopping"
    queue.cancel(job.job_id)
    assert wait_for_end(queue, job).status == "cancelled"


def test_a_waiting_job_is_cancelled_without_ever_starting(queue: Queue) -> None:
    busy, waiting = start(queue, steps=1000), start(queue)
    wait_for_work(queue, busy)
    queue.cancel(waiting.job_id)
    cancelled = wait_for_end(queue, waiting)
    assert (cancelled.status, cancelled.started_at) == ("cancelled", None)
    assert queue.get(busy.job_id).status == "running"


def test_a_job_whose_wrapper_was_killed_is_killed_marked_lost_and_started_again(queue: Queue) -> None:
    job = start(queue, steps=20, child=60)
    pids = [wait_for_work(queue, job), wait_for_work(queue, job, "child")]
    kill_wrapper(job)
    assert all(lives(pid) for pid in pids)
    assert found_lost(queue) == [job.job_id]
    assert not any(lives(pid) for pid in pids)
    lost = queue.get(job.job_id)
    assert lost.status == "lost" and "started again" in lost.error
    again = queue.enqueue(queue.restart(job.job_id, WORKER).job_id)
    assert wait_for_end(queue, again).status == "done"


def test_the_next_job_first_kills_the_one_that_still_uses_its_device(queue: Queue) -> None:
    orphan, following = start(queue, deaf=True, child=60), start(queue)
    pids = [wait_for_work(queue, orphan), wait_for_work(queue, orphan, "child")]
    kill_wrapper(orphan)
    assert wait_for_end(queue, following).status == "done"
    assert not any(lives(pid) for pid in pids)
    assert queue.get(orphan.job_id).status == "lost"


def test_a_job_that_lost_its_wrapper_can_still_be_cancelled(queue: Queue) -> None:
    job = start(queue, deaf=True)
    pid = wait_for_work(queue, job)
    kill_wrapper(job)
    assert queue.cancel(job.job_id).status == "cancelled"
    wait_until(lambda: not lives(pid), "the end of what was killed")


def test_a_job_that_lost_its_wrapper_but_reached_its_result_is_done(queue: Queue) -> None:
    job = start(queue, steps=5)
    wait_for_work(queue, job)
    kill_wrapper(job)
    wait_until(lambda: queue.folder(job.job_id).result() is not None, "the result")
    queue.reconcile()
    assert queue.get(job.job_id).status == "done"


def test_a_dead_wrapper_in_the_queue_does_not_hold_up_those_behind_it(queue: Queue) -> None:
    busy, dead, last = start(queue, steps=30), start(queue), start(queue)
    wait_for_work(queue, busy)
    kill_wrapper(dead)
    assert wait_for_end(queue, last).status == "done"
    assert queue.get(dead.job_id).status == "lost"


def test_a_process_that_has_a_lost_jobs_pid_by_now_is_left_alone(queue: Queue, workspace: Workspace) -> None:
    job = start(queue, deaf=True)
    pid = wait_for_work(queue, job)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    kill_wrapper(job)
    JobTable(workspace.jobs_database).update(job.job_id, leader_pid=stranger.pid)
    assert found_lost(queue) == [job.job_id]
    assert stranger.poll() is None
    wait_until(lambda: not lives(pid), "the end of what has its mark")  # killed, it is in the table for a moment more
    stranger.kill()
    stranger.wait()


def test_killing_the_app_stops_no_job_and_loses_only_what_ran_inside_it(queue: Queue, workspace: Workspace) -> None:
    app = subprocess.Popen(
        [sys.executable, "-c", APP, str(workspace.root), WORKER], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert app.stdout is not None
    running, preparing, local = app.stdout.readline().split()
    wait_for_work(queue, queue.get(running))
    assert queue.reconcile() == []
    app.kill()
    app.wait()
    app.stdout.close()
    assert found_lost(queue, 2) == sorted([preparing, local])
    assert [queue.get(job_id).status for job_id in (preparing, local)] == ["lost", "lost"]
    assert identify(wrapper_of(queue.get(running))) is not None
    assert wait_for_end(queue, queue.get(running)).status == "done"


def test_a_termination_of_the_wrapper_stops_the_job_politely(queue: Queue) -> None:
    job = start(queue, steps=1000)
    wait_for_work(queue, job)
    subprocess.run(["kill", "-TERM", str(wrapper_of(job))], check=True)
    assert wait_for_end(queue, job).status == "stopped"
