"""Takes what jobs have made into the store: in the app by a thread beside the pages, on the command line in between.

Every collector is idempotent, so that a crash between taking in and remembering it costs nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from pathlib import Path

from core.context import Context
from core.errors import JobError, WinnowError, WorkspaceDamagedError
from core.jobs.defects import in_words
from core.jobs.load.web import finish_earlier
from core.jobs.registry import KINDS
from core.records import ENDED, Job
from core.room import met
from core.services.trash import purge

logger = logging.getLogger("winnow")

LOOK_EVERY = 0.5
"""Seconds between two looks of the collecting thread."""
AGAIN_EVERY = 300.0
"""Seconds after which it tries again what could not be taken in: a disk that was full may have room by then."""
EMPTY_EVERY = 86_400.0
"""Seconds between two looks into the trash while the app stays open."""


def collect(context: Context) -> None:
    """Takes in everything that is new. An output that cannot be taken in makes its job a failed one, which keeps its
    result: see `take_in`."""
    with context.beside.turn("collect"):
        for job in context.queue.uncollected():
            _collect(context, job)


def _collect(context: Context, job: Job) -> None:
    try:
        if job.kind in KINDS:
            KINDS[job.kind].collect(context, job)
    except Exception as error:
        if job.status not in ENDED:
            logger.warning("the output of job %s is not readable yet: %s", job.job_id, error)
            return
        context.queue.fail(job.job_id, f"Its result could not be taken in: {in_words(error, context.workspace.root)}")
        return
    if job.status == "done":
        _learn(context, job)
    if job.status in ENDED:
        context.queue.mark_collected(job.job_id)


def _learn(context: Context, job: Job) -> None:
    """How long this took is how long it will take. A result is no worse for that it cannot be told."""
    try:
        context.queue.learn(job.job_id)
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("how long job %s took is not told by its folder: %s", job.job_id, error)


def take_in(context: Context, job_id: str) -> Job:
    """Tries once more to take in the result of a job that failed over that; nothing is computed again. Raises JobError
    where it cannot be taken in this time either."""
    with context.beside.turn("collect"):
        job = context.queue.get(job_id)
        if not context.queue.is_untaken(job_id) or job.kind not in KINDS:
            return job
        try:
            KINDS[job.kind].collect(context, replace(job, status="done"))
        except Exception as error:
            raise JobError(
                f"The result of {job.title} could not be taken in: {in_words(error, Path(job.folder))}",
                f"It is kept in {job.folder}: mend the cause and take it in again.",
            ) from error
        return context.queue.mark_taken_in(job_id)


def take_in_untaken(context: Context) -> None:
    """Tries once more all that could not be taken in."""
    for job in context.queue.untaken():
        try:
            take_in(context, job.job_id)
        except JobError as error:
            logger.warning("%s", error)


def empty_trash(context: Context) -> list[str]:
    """Deletes for good the datasets that are due, while the workspace stays open; returns their ids."""
    return purge(context.store, context.ledger, context.queue, context.workspace, in_use=True)


class Collector:
    """The thread that collects while the app is up, finds jobs that were lost, and empties the trash of what is due."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stopping = threading.Event()
        self._waits_for: type[WinnowError] | None = None
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, after what it is taking in just now: call it before the context is closed."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        again, empty = 0.0, time.monotonic() + EMPTY_EVERY
        while not self._stopping.wait(LOOK_EVERY):
            try:
                if time.monotonic() >= again:
                    again = time.monotonic() + AGAIN_EVERY
                    take_in_untaken(self._context)
                if time.monotonic() >= empty:
                    empty = time.monotonic() + EMPTY_EVERY
                    empty_trash(self._context)
                self._context.queue.reconcile()
                collect(self._context)
                self._waits_for = None
            except Exception as error:
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Told once, however long a disk is full or a file is damaged."""
        told: WinnowError | None = met(error, self._context.workspace.root)
        if told is None and isinstance(error, WorkspaceDamagedError):
            told = error
        if told is None:
            logger.error("collecting failed; it is tried again", exc_info=error)
        elif type(told) is not self._waits_for:
            logger.warning("%s Collecting waits.", told)
        self._waits_for = None if told is None else type(told)


def start_collector(context: Context) -> Collector:
    """Starts collecting beside the pages, and what an earlier process did not get to."""
    finish_earlier(context)
    return Collector(context)
