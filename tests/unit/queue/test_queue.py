"""The queue's own steps, without a process being started."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from core.errors import JobError
from core.queue import ProgressWriter, Queue, Resources
from core.records import Job
from core.settings import PROJECT, Workspace
from tests.integration.job_support import created


@pytest.fixture
def queue(workspace: Workspace) -> Queue:
    return Queue(workspace)


def _create(queue: Queue) -> Job:
    return created(queue, "scan", "Scan of x", "no.such.module", {"seed": 3 + queue.count()}, "d1", "ann")


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


ASK = """
import sys
from pathlib import Path
from core.queue import Queue, Resources
from core.settings import PROJECT, Workspace

queue = Queue(Workspace(Path(sys.argv[1])))
sys.stdin.readline()
job, new = queue.create_once("scan", "Scan", "no.such.module", {"seed": 3}, "d1", "ann", Resources())
print(job.job_id, new, flush=True)
sys.stdin.readline()
"""


def test_the_same_asked_for_by_many_processes_and_threads_at_once_is_one_job(
    queue: Queue, workspace: Workspace
) -> None:
    command = [sys.executable, "-c", ASK, str(workspace.root)]
    asking = [
        subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    with ThreadPoolExecutor(8) as pool:
        for one in asking:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        own = pool.map(
            lambda _: queue.create_once("scan", "Scan", "no.such.module", {"seed": 3}, "d1", "ann", Resources()),
            range(8),
        )
        answers = [(job.job_id, str(new)) for job, new in own]
    for one in asking:
        assert one.stdout is not None
        answers.append(tuple(one.stdout.readline().split()))  # type: ignore[arg-type]
    assert sorted(new for _, new in answers) == ["False"] * 11 + ["True"]
    assert {job_id for job_id, _ in answers} == {queue.list()[0].job_id}
    assert [path.name for path in workspace.runs.iterdir()] == [queue.list()[0].job_id]
    for one in asking:
        one.communicate("\n")


def test_what_was_asked_for_before_is_done_again_once_it_has_ended_and_not_beside_itself(queue: Queue) -> None:
    asked = ("scan", "Scan", "no.such.module", {"seed": 3}, "d1", "ann", Resources())
    first, _ = queue.create_once(*asked)
    queue.cancel(first.job_id)
    queue.enqueue(first.job_id)
    second, new = queue.create_once(*asked)
    assert new and second.job_id != first.job_id
    with pytest.raises(JobError, match="already"):
        queue.restart(first.job_id, "no.such.module")
    assert queue.get(first.job_id).status == "cancelled"


def test_an_unknown_job_is_named_in_the_error(queue: Queue) -> None:
    with pytest.raises(JobError, match="no-such-job"):
        queue.get("no-such-job")


def test_collected_parts_are_remembered(queue: Queue, workspace: Workspace) -> None:
    job = _create(queue)
    queue.mark_part_collected(job.job_id, 1)
    assert Queue(workspace).parts_collected(job.job_id) == 1


def test_a_job_that_cannot_be_written_down_leaves_nothing(queue: Queue, workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.jobs_database)) as table, table:
        table.execute("CREATE TRIGGER full BEFORE INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    with pytest.raises(sqlite3.DatabaseError, match="full"):
        _create(queue)
    assert list(workspace.runs.iterdir()) == []
