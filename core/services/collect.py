"""Takes what jobs have made into the store: in the app by a thread beside the pages, on the command line in between.

Every collector is idempotent, so that a crash between taking in and remembering it costs nothing.
"""

from __future__ import annotations

import logging
import threading

from core.context import Context
from core.errors import WorkspaceDamagedError
from core.jobs.defects import in_words
from core.jobs.load.web import finish_earlier
from core.jobs.registry import KINDS
from core.records import ENDED, Job

logger = logging.getLogger("winnow")

LOOK_EVERY = 0.5
"""Seconds between two looks of the collecting thread."""


def collect(context: Context) -> None:
    """Takes in everything that is new. An output that cannot be taken in makes its job a failed one."""
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
        context.queue.fail(job.job_id, f"Its result could not be taken in: {in_words(error)}")
        return
    if job.status in ENDED:
        context.queue.mark_collected(job.job_id)


class Collector:
    """The thread that collects while the app is up, and finds jobs that were lost."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, after what it is taking in just now: call it before the context is closed."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        told = ""
        while not self._stopping.wait(LOOK_EVERY):
            try:
                self._context.queue.reconcile()
                collect(self._context)
            except WorkspaceDamagedError as error:
                if str(error) != told:
                    logger.error("collecting failed: %s", error)
                told = str(error)
            except Exception:
                logger.exception("collecting failed; it is tried again")


def start_collector(context: Context) -> Collector:
    """Starts collecting beside the pages, and what an earlier process did not get to."""
    finish_earlier(context)
    return Collector(context)
