"""The queue's own steps, without a process being started."""

from __future__ import annotations

import shutil

import pytest

from core.errors import JobError
from core.queue import ProgressWriter, Queue
from core.records import Job
from core.settings import Workspace


@pytest.fixture
def queue(workspace: Workspace) -> Queue:
    return Queue(workspace)


def _create(queue: Queue) -> Job:
    return queue.create("scan", "Scan of x", "no.such.module", {"seed": 3}, "d1", "ann")


def test_a_new_job_is_prepared_by_whoever_made_it(queue: Queue) -> None:
    job = _create(queue)
    assert (job.status, job.kind, job.title, job.dataset_id, job.created_by) == (
        *("preparing", "scan", "Scan of x", "d1", "ann"),
    )
    assert queue.folder(job.job_id).spec() == {"seed": 3}
    assert queue.folder(job.job_id).input.is_dir()
    assert queue.reconcile() == []


def test_jobs_are_listed_newest_first_and_active_ones_oldest_first(queue: Queue) -> None:
    jobs = [_create(queue) for _ in range(3)]
    queue.cancel(jobs[1].job_id)
    assert [job.job_id for job in queue.list()] == [job.job_id for job in reversed(jobs)]
    assert [job.job_id for job in queue.list(limit=1, offset=1)] == [jobs[1].job_id]
    assert [job.job_id for job in queue.active()] == [jobs[0].job_id, jobs[2].job_id]
    assert queue.count() == 3


def test_a_job_whose_run_folder_was_deleted_is_no_longer_one_of_its_dataset(queue: Queue) -> None:
    gone, kept = _create(queue), _create(queue)
    shutil.rmtree(gone.folder)
    assert [job.job_id for job in queue.of("scan", "d1")] == [kept.job_id]


def test_a_job_cancelled_while_it_is_prepared_never_starts(queue: Queue) -> None:
    job = _create(queue)
    assert queue.cancel(job.job_id).status == "cancelled"
    assert queue.enqueue(job.job_id).status == "cancelled"
    assert queue.active() == []


def test_a_job_stopped_while_it_is_prepared_is_told_from_a_cancelled_one(queue: Queue) -> None:
    assert queue.stop(_create(queue).job_id).status == "stopped"


def test_a_job_that_could_not_be_prepared_says_why(queue: Queue) -> None:
    job = queue.fail(_create(queue).job_id, "The disk is full.")
    assert (job.status, job.error, job.collected) == ("failed", "The disk is full.", True)


def test_a_local_job_runs_until_it_is_finished(queue: Queue) -> None:
    job = queue.start_local("load", "Load x", {}, None, "ann")
    assert job.status == "running" and job.started_at is not None
    ProgressWriter(queue.folder(job.job_id)).update("read", 10, 40)
    assert queue.get(job.job_id).progress.fraction == 0.25
    done = queue.finish_local(job.job_id, "done", dataset_id="d7")
    assert done.status == "done" and done.ended_at is not None and done.dataset_id == "d7"
    assert queue.uncollected() == []


@pytest.mark.parametrize(("ask", "ended"), [(Queue.stop, "stopped"), (Queue.cancel, "cancelled")])
def test_a_local_job_is_asked_and_ends_as_it_was_asked(queue: Queue, ask: object, ended: str) -> None:
    job = queue.start_local("load", "Load x", {}, None, "ann")
    assert ask(queue, job.job_id).status == "stopping"  # type: ignore[operator]
    assert queue.folder(job.job_id).stop_requested()
    assert queue.finish_local(job.job_id, "stopped").status == ended


def test_a_local_job_of_a_living_process_is_not_lost_whoever_looks(queue: Queue, workspace: Workspace) -> None:
    job = queue.start_local("load", "Load x", {}, None, "ann")
    assert Queue(workspace).reconcile() == []
    assert queue.get(job.job_id).status == "running"


def test_an_ended_job_stays_as_it_ended(queue: Queue) -> None:
    job = queue.start_local("load", "Load x", {}, None, "ann")
    queue.finish_local(job.job_id, "done")
    assert queue.cancel(job.job_id).status == "done"
    assert queue.finish_local(job.job_id, "failed", "Too late.").status == "done"


def test_a_cancelled_job_starts_again_with_the_same_spec(queue: Queue) -> None:
    job = _create(queue)
    queue.cancel(job.job_id)
    queue.enqueue(job.job_id)
    again = queue.restart(job.job_id, "no.such.module")
    assert (again.job_id, again.status, again.ended_at) == (job.job_id, "preparing", None)
    assert queue.folder(job.job_id).spec() == {"seed": 3}
    assert not queue.folder(job.job_id).stop_requested()


def test_a_job_that_runs_is_not_started_again(queue: Queue) -> None:
    with pytest.raises(JobError, match="preparing"):
        queue.restart(_create(queue).job_id, "no.such.module")


def test_a_local_job_is_not_started_again(queue: Queue) -> None:
    job = queue.start_local("load", "Load x", {}, None, "ann")
    queue.finish_local(job.job_id, "failed", "Broken.")
    with pytest.raises(JobError, match="cannot be started again"):
        queue.restart(job.job_id, "no.such.module")


def test_an_unknown_job_is_named_in_the_error(queue: Queue) -> None:
    with pytest.raises(JobError, match="no-such-job"):
        queue.get("no-such-job")


def test_collected_parts_are_remembered(queue: Queue, workspace: Workspace) -> None:
    job = _create(queue)
    queue.mark_part_collected(job.job_id, 1)
    assert Queue(workspace).parts_collected(job.job_id) == 1
