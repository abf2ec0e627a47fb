"""Jobs as real processes: what they record when they end by themselves, and in which order they run."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.queue import Queue, Resources, read_events
from core.settings import Workspace
from tests.integration.job_support import WORKER, created, kill, lives, start, wait_for_end, wait_for_work, wait_until


@pytest.fixture
def queue(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    return Queue(workspace)


def test_a_job_records_its_result_its_progress_and_what_it_printed(queue: Queue) -> None:
    job = wait_for_end(queue, start(queue, steps=2))
    folder = queue.folder(job.job_id)
    assert (job.status, job.error, job.device) == ("done", "", "cpu")
    assert folder.result() is not None
    assert job.progress.fraction == 1.0
    assert [event["event"] for event in read_events(folder)] == ["begun", "tier"]
    assert "working as" in queue.log_tail(job.job_id)
    assert job.started_at and job.ended_at and job.created_at <= job.started_at <= job.ended_at


def test_an_error_for_a_person_becomes_the_cause_with_its_next_step(queue: Queue) -> None:
    job = wait_for_end(queue, start(queue, fail="winnow"))
    assert (job.status, job.error) == ("failed", "Model 'x' is not a folder. Name a folder with a config.json.")


def test_a_defect_leaves_its_last_line_as_the_cause_and_its_traceback_in_the_log(queue: Queue) -> None:
    job = wait_for_end(queue, start(queue, fail="defect"))
    assert (job.status, job.error) == ("failed", "ZeroDivisionError: division by nothing")
    assert "Traceback" in queue.log_tail(job.job_id)


@pytest.mark.parametrize(("processes", "rank"), [(1, 0), (2, 1)])
def test_a_defect_under_accelerate_has_the_workers_own_exception_as_its_cause(
    queue: Queue, processes: int, rank: int
) -> None:
    spec = {"fail": "defect", "rank": rank, "steps": 1000}
    job = created(
        queue, "test", "A test", WORKER, spec, None, "ann", Resources(launch="accelerate", processes=processes)
    )
    ended = wait_for_end(queue, queue.enqueue(job.job_id))
    assert (ended.status, ended.error) == ("failed", "ZeroDivisionError: division by nothing")


def test_a_module_that_does_not_exist_fails_and_says_so(queue: Queue) -> None:
    job = created(queue, "test", "A test", "core.jobs.no_such_module", {}, None, "ann")
    assert "No module named core.jobs.no_such_module" in wait_for_end(queue, queue.enqueue(job.job_id)).error


def test_a_killed_job_fails_and_the_next_one_runs(queue: Queue) -> None:
    first, second = start(queue, steps=1000), start(queue)
    kill(wait_for_work(queue, first))
    killed = wait_for_end(queue, first)
    assert killed.status == "failed" and "SIGKILL" in killed.error
    assert wait_for_end(queue, second).status == "done"


def test_what_a_job_leaves_behind_when_it_ends_goes_with_it(queue: Queue) -> None:
    job = start(queue, child=60)
    child = wait_for_work(queue, job, "child")
    assert wait_for_end(queue, job).status == "done"
    assert not lives(child)


def test_jobs_on_one_slot_run_one_after_the_other_in_the_order_they_were_made(queue: Queue) -> None:
    jobs = [
        created(queue, "test", "A test", "tests.integration.job_worker", {"steps": 2, "number": number}, None, "ann")
        for number in range(4)
    ]
    first = start(queue, steps=8)
    wait_for_work(queue, first)
    for job in reversed(jobs):
        queue.enqueue(job.job_id)
    assert [queue.get(job.job_id).queue_position for job in jobs] == [1, 2, 3, 4]
    spans = []
    for job in [first, *jobs]:
        assert wait_for_end(queue, job).status == "done"
        result = queue.folder(job.job_id).result()
        assert result is not None
        spans.append((result["began"], result["ended"]))
    assert all(ended <= began for (_, ended), (began, _) in pairwise(spans))


def test_a_job_that_needs_no_device_does_not_wait_for_one(queue: Queue) -> None:
    busy = start(queue, steps=1000)
    wait_for_work(queue, busy)
    light = created(queue, "test", "Light", "tests.integration.job_worker", {}, None, "ann", Resources(device=False))
    assert wait_for_end(queue, queue.enqueue(light.job_id)).device == ""
    queue.cancel(busy.job_id)
    wait_for_end(queue, busy)


def test_two_gpus_run_two_jobs_at_once_and_each_sees_its_own(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    queue = Queue(workspace)
    jobs = [start(queue, steps=12), start(queue, steps=12)]
    ended = [wait_for_end(queue, job) for job in jobs]
    results = [queue.folder(job.job_id).result() for job in jobs]
    assert [job.device for job in ended] == ["cuda:0", "cuda:1"]
    assert results[0] and results[1]
    assert [results[0]["device"], results[1]["device"]] == ["4", "7"]
    assert results[1]["began"] < results[0]["ended"]


def test_a_job_runs_under_accelerate(queue: Queue) -> None:
    job = created(
        queue, "test", "A test", "tests.integration.job_worker", {}, None, "ann", Resources(launch="accelerate")
    )
    assert wait_for_end(queue, queue.enqueue(job.job_id)).status == "done"


def test_accelerate_starts_as_many_processes_as_asked_and_a_cancel_ends_them_all(queue: Queue) -> None:
    module, spec = "tests.integration.job_worker", {"steps": 1000}
    job = created(queue, "test", "A test", module, spec, None, "ann", Resources(launch="accelerate", processes=2))
    queue.enqueue(job.job_id)
    wait_until(lambda: queue.log_tail(job.job_id).count("working as") == 2, "two workers")
    pids = [int(line.split()[-1]) for line in queue.log_tail(job.job_id).splitlines() if "working as" in line]
    queue.cancel(job.job_id)
    assert wait_for_end(queue, job).status == "cancelled"
    assert not any(lives(pid) for pid in pids)


def test_accelerate_passes_a_stop_on_to_all_its_processes(queue: Queue) -> None:
    module, spec = "tests.integration.job_worker", {"steps": 1000}
    job = created(queue, "test", "A test", module, spec, None, "ann", Resources(launch="accelerate", processes=2))
    queue.enqueue(job.job_id)
    wait_until(lambda: queue.log_tail(job.job_id).count("working as") == 2, "two workers")
    queue.stop(job.job_id)
    assert wait_for_end(queue, job).status == "stopped"
