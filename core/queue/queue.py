"""The queue: makes jobs, hands them to their wrappers, asks them to end, and finds those that were lost.

Holds nothing in memory that matters: whoever opens the same workspace sees the same jobs and can end them.
"""

from __future__ import annotations

import builtins
import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from core.errors import JobError
from core.queue import ending
from core.queue.folder import JobFolder, write_json
from core.queue.launcher import Lane, Launcher, Resources
from core.queue.local.launcher import LocalLauncher
from core.queue.plan import Stage, learnt_of, spent
from core.queue.progress import ProgressWriter, read_progress
from core.queue.record import job_record
from core.queue.table import JobTable, Row
from core.queue.waiting import waits
from core.records import UNFINISHED, Job, JobStatus
from core.room import once_there_is_room
from core.settings import Workspace
from core.typed import JsonObject

NEWEST = 0.5
"""How much the newest job counts where paces are learnt."""


class _UnderWayError(Exception):
    """The same was asked for at the same moment."""


class Queue:
    """The jobs of one workspace."""

    def __init__(self, workspace: Workspace, launcher: Launcher | None = None) -> None:
        """`launcher`: what runs the jobs; by default processes of this machine."""
        self._table = JobTable(workspace.jobs_database)
        self._launcher = launcher or LocalLauncher()

    @property
    def launcher(self) -> Launcher:
        """What runs the jobs."""
        return self._launcher

    # --- making and starting ---------------------------------------------------------------------------------------

    def create_once(
        self,
        kind: str,
        title: str,
        module: str,
        spec: JsonObject,
        dataset_id: str | None,
        by: str,
        resources: Resources,
    ) -> tuple[Job, bool]:
        """Makes a job with its job folder, in the state `preparing`: fill its `input/`, then `enqueue` it. Where a job
        of that kind that was asked for exactly this has not ended, it is that one, and False. Of many who ask at once,
        in any process, one makes the job.

        `module` is run as `python -m module FOLDER`, as soon as there is what `resources` asks for.
        """
        request = sha256(f"{kind} {json.dumps(spec, sort_keys=True)}".encode()).hexdigest()
        while True:
            if row := self._table.under_way(request):
                return self._records([row])[0], False
            try:
                return self._insert(kind, title, module, spec, dataset_id, by, resources, "preparing", request), True
            except _UnderWayError:
                continue  # it may have ended meanwhile

    def enqueue(self, job_id: str, lane: Lane = "long", estimate: float | None = None) -> Job:
        """Hands a prepared job to the launcher, which waits for its turn and outlives this process. `estimate`: the
        seconds that it will take, where that is foreseen.

        A job that was stopped or cancelled while it was prepared stays ended.
        """
        folder = self.folder(job_id)
        if not self._launcher.holds(folder):
            raise JobError(f"Job {job_id} is not being prepared by this process.", "Start it again from its page.")
        try:
            if self._table.update(job_id, ("preparing",), status="queued", lane=lane, estimate=estimate):
                self._launcher.submit(folder)
        finally:
            self._launcher.release(folder)
        return self.get(job_id)

    def start_local(self, kind: str, title: str, spec: JsonObject, dataset_id: str | None, by: str) -> Job:
        """Makes a job that a thread of this process runs: it is `running` until `finish_local`, lost if this process
        dies, and asked to stop through its job folder's `stop_requested()`."""
        return self._insert(kind, title, "", spec, dataset_id, by, Resources(device=False), "running")

    def finish_local(
        self, job_id: str, status: Literal["done", "failed", "stopped"], error: str = "", dataset_id: str | None = None
    ) -> Job:
        """Records how a job of `start_local` ended; `dataset_id` names what it made."""
        if dataset_id is not None:
            self._table.update(job_id, dataset_id=dataset_id)
        cancelled = status == "stopped" and self.folder(job_id).cancel_requested()
        self.folder(job_id).give_room()
        ended: JobStatus = "cancelled" if cancelled else status
        once_there_is_room(self.folder(job_id).path, lambda: ending.end(self._table, job_id, ended, error))
        self._launcher.release(self.folder(job_id))
        return self.get(job_id)

    def fail(self, job_id: str, error: str) -> Job:
        """Records that a job could not be prepared, or that its output could not be taken in. One that was ended by
        somebody stays so."""
        self.folder(job_id).give_room()
        before = (*ending.UNENDED, "done")
        self._table.update(job_id, before, status="failed", error=error, ended_at=time.time())
        self._table.update(job_id, collected=1)
        self._launcher.release(self.folder(job_id))
        return self.get(job_id)

    def can_restart(self, job_id: str) -> bool:
        """Whether a job ended without a result and was run by a process of its own."""
        row = self._row(job_id)
        return row["status"] in UNFINISHED and bool(row["module"])

    def restart(self, job_id: str, module: str) -> Job:
        """Opens an ended job again with the same spec and what it had made so far, in the state `preparing`: see to
        its `input/`, then `enqueue` it. It then runs `module`, since the one that it ran may be of an earlier release,
        where it had another name. Raises JobError for a job that runs, is done, or was run by a thread."""
        if not self.can_restart(job_id):
            job = self.get(job_id)
            raise JobError(f"Job {job_id} ({job.kind}, {job.status}) cannot be started again.", "Start a new one.")
        self._hold(job_id)
        fresh = {"started_at": None, "ended_at": None, "error": "", "device": "", "collected": 0, "leader_pid": None}
        try:
            restarted = self._table.update(job_id, UNFINISHED, status="preparing", module=module, **fresh)
        except sqlite3.IntegrityError:
            restarted = False  # the same was asked for anew meanwhile, and is under way
        if not restarted:
            self._launcher.release(self.folder(job_id))
            raise JobError(f"Job {job_id} was started by somebody else already.", "Reload the page to see its state.")
        self.folder(job_id).clear()
        self.folder(job_id).keep_room()
        ProgressWriter(self.folder(job_id)).update("Starting again", 0)
        return self.get(job_id)

    # --- asking and ending -----------------------------------------------------------------------------------------

    def stop(self, job_id: str) -> Job:
        """Asks a job to end by itself and keep what it has. It ends when it next looks, at the latest when it is
        cancelled. A job that has ended stays as it is."""
        self.folder(job_id).request_stop()
        return self._ask(job_id, "stopped")

    def cancel(self, job_id: str) -> Job:
        """Ends a job now: its processes get half a second, then they are killed."""
        self.folder(job_id).request_cancel()
        return self._ask(job_id, "cancelled")

    def reconcile(self) -> builtins.list[str]:
        """Finds jobs whose wrapper (or process, for local ones) is gone, kills what they left behind, marks them
        lost, and returns their ids."""
        return ending.reconcile(self._table, self._launcher)

    def remove(self, dataset_id: str) -> None:
        """Deletes the ended jobs of a dataset for good, with their job folders."""
        for job_id in self._table.remove(dataset_id):
            shutil.rmtree(self._table.folder(job_id).path, ignore_errors=True)

    def remove_one(self, job_id: str) -> None:
        """Deletes one job for good, with its job folder. Raises JobError where it has not ended."""
        folder = self.folder(job_id)
        if not self._table.remove_one(job_id):
            raise JobError(f"Job {job_id} has not ended.", "Stop it first, or wait for its end.")
        shutil.rmtree(folder.path, ignore_errors=True)

    def move(self, job_id: str, where: Literal["first", "up", "down"]) -> Job:
        """Gives a job that waits another place in the queue: before all others of its lane, or one up or down. Raises
        JobError where it does not wait, or is there already."""
        job = self.get(job_id)
        if not self._table.move(job_id, where):
            raise JobError(
                f"{job.title} cannot be moved: it {'is ' + job.status if job.queue_position is None else 'is there'}.",
                "Only jobs that wait for their turn have a place in the queue.",
            )
        return self.get(job_id)

    def pace(self, key: str) -> float | None:
        """Seconds that a unit of that work has taken on this machine; None for what has not been done yet."""
        return self._table.pace(key)

    def learn(self, job_id: str) -> None:
        """Takes down how long each stage of a job has taken, for those to come. Of a job that is done; once."""
        folder = self.folder(job_id)
        for key, seconds, units in spent(folder):
            self._table.learn_pace(key, seconds, units, NEWEST)

    def learn_of(self, stage: Stage, seconds: float) -> None:
        """The same of work that is no job, by its plan of one stage."""
        for key, took, units in learnt_of(stage, seconds):
            self._table.learn_pace(key, took, units, NEWEST)

    # --- looking ---------------------------------------------------------------------------------------------------

    def get(self, job_id: str) -> Job:
        """Raises JobError where there is no such job."""
        return self._records([self._row(job_id)])[0]

    def list(self, limit: int = 50, offset: int = 0) -> builtins.list[Job]:
        """Newest first."""
        return self._records(self._table.newest(limit, offset))

    def found(
        self, states: Sequence[JobStatus], kind: str | None, limit: int, offset: int
    ) -> tuple[int, builtins.list[Job]]:
        """How many jobs are in one of the states (none: any) and of the kind, and of those, newest first, some."""
        count, rows = self._table.found(states, kind, limit, offset)
        return count, self._records(rows)

    def of(self, kind: str, dataset_id: str) -> builtins.list[Job]:
        """The jobs of a kind on a dataset, newest first, without those whose job folder was deleted."""
        found = self._table.of(kind, dataset_id)
        return self._records([row for row in found if self._table.folder(row["job_id"]).path.is_dir()])

    def count(self) -> int:
        return self._table.count()

    def active(self) -> builtins.list[Job]:
        """Jobs that have not ended, oldest first."""
        return self._records(self._table.active())

    def ended_since(self, moment: float) -> builtins.list[Job]:
        """Jobs that have ended after that moment (epoch seconds), in the order of their ends."""
        return [self._record(row) for row in self._table.ended_since(moment)]

    def folder(self, job_id: str) -> JobFolder:
        return self._table.folder(self._row(job_id)["job_id"])

    def log_tail(self, job_id: str, lines: int = 200) -> str:
        return self.folder(job_id).log_tail(lines)

    # --- output ----------------------------------------------------------------------------------------------------

    def uncollected(self) -> builtins.list[Job]:
        """Jobs, running or ended, whose output has not been taken in completely, oldest first."""
        return [self._record(row) for row in self._table.uncollected()]

    def parts_collected(self, job_id: str) -> int:
        """How many parts of its output (tiers of a scan) have been taken in."""
        return int(self._row(job_id)["parts"])

    def mark_part_collected(self, job_id: str, parts: int) -> None:
        """Records that the first `parts` parts of its output have been taken in."""
        self._table.update(job_id, parts=parts)

    def mark_collected(self, job_id: str, dataset_id: str | None = None) -> None:
        """Records that all of its output has been taken in; `dataset_id` names the dataset that came of it."""
        values = {"dataset_id": dataset_id} if dataset_id is not None else {}
        self._table.update(job_id, (), collected=1, **values)

    def untaken(self) -> builtins.list[Job]:
        """Jobs that are failed ones only because their result could not be taken in, oldest first."""
        return [job for row in self._table.failed() if self._is_done(job := self._record(row))]

    def is_untaken(self, job_id: str) -> bool:
        """Whether a job is one of `untaken`."""
        job = self.get(job_id)
        return job.status == "failed" and self._is_done(job)

    def mark_taken_in(self, job_id: str) -> Job:
        """Records that the result of one of `untaken` has been taken in after all."""
        self._table.update(job_id, ("failed",), status="done", error="")
        return self.get(job_id)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _insert(
        self,
        kind: str,
        title: str,
        module: str,
        spec: JsonObject,
        dataset_id: str | None,
        by: str,
        resources: Resources,
        status: JobStatus,
        request: str | None = None,
    ) -> Job:
        now = time.time()
        job_id = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{kind}-{secrets.token_hex(3)}"
        folder = self._table.folder(job_id)
        asked = {"title": title, "module": module, "dataset_id": dataset_id, "created_by": by, **asdict(resources)}
        try:
            folder.create().write_spec(spec)
            write_json(folder.path / "job.json", asked)  # for `core.queue.rebuild`
            folder.keep_room()
            self._hold(job_id, folder)  # before anybody can see the job, so that nobody takes it for lost
            made = self._table.insert(
                job_id=job_id,
                kind=kind,
                title=title,
                module=module,
                launch=resources.launch,
                needs_device=resources.device,
                processes=resources.processes,
                dataset_id=dataset_id,
                folder=job_id,
                status=status,
                created_at=now,
                created_by=by,
                started_at=None if module else now,
                collected=not module,
                request=request,
            )
            if not made:
                raise _UnderWayError
        except BaseException:
            self._launcher.release(folder)
            shutil.rmtree(folder.path, ignore_errors=True)
            raise
        return self.get(job_id)

    def _ask(self, job_id: str, ended: JobStatus) -> Job:
        row = self._row(job_id)
        if row["status"] == "preparing":
            self.folder(job_id).give_room()
            ending.end(self._table, job_id, ended)
        else:
            self._table.update(job_id, ("queued", "running"), status="stopping")
            ending.mark_lost_if_dead(self._table, row, self._launcher)
        return self.get(job_id)

    def _hold(self, job_id: str, folder: JobFolder | None = None) -> None:
        """Makes this process answer for the job."""
        if not self._launcher.claim(folder or self.folder(job_id)):
            raise JobError(f"Job {job_id} is held by another process.", "Reload the page to see its state.")

    def _is_done(self, job: Job) -> bool:
        return self._table.folder(job.job_id).is_done()

    def _record(self, row: Row) -> Job:
        return job_record(row, self._table.folder(row["job_id"]))

    def _records(self, rows: Sequence[Row]) -> builtins.list[Job]:
        """With what those that wait are waiting for."""
        if not any(row["status"] == "queued" for row in rows):
            return [self._record(row) for row in rows]
        table, active = self._table, self._table.active()
        left = {
            row["job_id"]: read_progress(table.folder(row["job_id"])).seconds_left
            for row in active
            if row["status"] in ("running", "stopping")
        }
        waiting = table.waiting()
        known = waits(active, waiting, table.waiting_beside(), left)
        return [job_record(row, table.folder(row["job_id"]), waiting, known.get(row["job_id"])) for row in rows]

    def _row(self, job_id: str) -> Row:
        row = self._table.row(job_id)
        if row is None:
            raise JobError(f"There is no job {job_id!r}.", "The page Jobs lists all of them.")
        return row
