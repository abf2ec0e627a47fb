"""What the tests of the job runner share: starting a job, waiting for it, finding its processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.context import Context
from core.identity import identify
from core.queue import JobFolder, Queue, Resources
from core.queue.local.locks import try_lock, unlock
from core.records import ENDED, Dataset, Job, Reader, Schema
from core.typed import JsonObject
from tests.staged import taken_in

WORKER = "tests.integration.job_worker"
PATIENCE = 180.0


def created(
    queue: Queue,
    kind: str,
    title: str,
    module: str,
    spec: JsonObject,
    dataset_id: str | None,
    by: str,
    resources: Resources = Resources(),  # noqa: B008  frozen
) -> Job:
    """A job as every kind of job is made, of which none is under way yet."""
    job, new = queue.create_once(kind, title, module, spec, dataset_id, by, resources)
    assert new
    return job


def start(queue: Queue, **spec: Any) -> Job:
    """Makes and enqueues a job of the test worker that needs the device."""
    asked = {**spec, "number": queue.count()}  # else the second of two would be the first
    return queue.enqueue(created(queue, "test", "A test", WORKER, asked, None, "ann").job_id)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.01)


def wait_for_end(queue: Queue, job: Job) -> Job:
    wait_until(lambda: queue.get(job.job_id).status in ENDED, f"the end of {job.job_id}")
    return queue.get(job.job_id)


def wait_for_work(queue: Queue, job: Job, printed: str = "working as") -> int:
    """Waits until the worker has printed its pid and returns it (or another number that it prints)."""
    wait_until(lambda: printed in queue.log_tail(job.job_id), f"{printed!r} in the log of {job.job_id}")
    line = next(line for line in queue.log_tail(job.job_id).splitlines() if printed in line)
    return int(line.split()[-1])


def wrapper_of(job: Job) -> int:
    """The pid of the job's wrapper."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (identity := identify(int(entry.name))):
            command = identity.command.split()
            if "core.queue.local.wrapper" in command and job.folder in command:
                return identity.pid
    raise AssertionError(f"no wrapper of {job.job_id}")


def lives(pid: int) -> bool:
    return identify(pid) is not None


def kill(pid: int) -> None:
    os.kill(pid, 9)
    wait_until(lambda: not lives(pid), f"the death of {pid}")


def kill_wrapper(job: Job) -> None:
    """Kills the job's wrapper, and waits until its lock, which may outlive it by a moment, is gone too."""
    kill(wrapper_of(job))

    def free() -> bool:
        descriptor = try_lock(JobFolder(Path(job.folder)).liveness_path)
        if descriptor is not None:
            unlock(descriptor)
        return descriptor is not None

    wait_until(free, f"the lock of {job.job_id}")


def found_lost(queue: Queue, count: int = 1) -> list[str]:
    """So many jobs that the queue finds lost, sorted, as soon as it does: the locks of a killed process may outlive it
    by a moment."""
    found: list[str] = []

    def look() -> bool:
        found.extend(queue.reconcile())
        return len(found) >= count

    wait_until(look, f"{count} lost jobs")
    return sorted(found)


def load_stories(context: Context, folder: Path, rows: int = 10) -> Dataset:
    """A small text dataset with two classes in the store."""
    path = folder / "stories.csv"
    labels = ("business", "sport")
    path.write_text("text,label\n" + "".join(f"Story {row},{labels[row % 2]}\n" for row in range(rows)))
    schema = Schema("text", "text", "label")
    return taken_in(context.store, Reader(sql=f"read_csv('{path}')"), schema, "stories")
