"""How a job ends: by itself, which its wrapper records, or by losing the process that answered for it.

Every end goes through one conditional update, so that a job ends once, whoever sees it first.
"""

from __future__ import annotations

import time

from core.queue.folder import JobFolder
from core.queue.launcher import Launcher
from core.queue.table import JobTable, Row
from core.records import JobStatus
from core.words import stored

UNENDED: tuple[JobStatus, ...] = ("preparing", "queued", "running", "stopping")
LOST = stored("The process that ran it is gone: the machine or the process was stopped. It can be started again.")


def end(table: JobTable, job_id: str, status: JobStatus, error: str = "") -> bool:
    """Records how a job ended, unless it already has. Returns whether this call did it."""
    return table.update(job_id, UNENDED, status=status, error=error, ended_at=time.time())


def how_it_ended(folder: JobFolder, otherwise: JobStatus) -> JobStatus:
    """What the job folder says: done if there is a result, else what somebody asked for, else `otherwise`."""
    if folder.is_done():
        return "done"
    if folder.cancel_requested():
        return "cancelled"
    return "stopped" if folder.stop_requested() else otherwise


def mark_lost_if_dead(table: JobTable, row: Row, launcher: Launcher) -> bool:
    """Ends a job whose answering process is gone: what is left of it is killed, then it is marked lost.

    Does nothing while that process lives. Returns whether this call marked the job as lost.
    """
    with launcher.abandoned(table.folder(row["job_id"])) as dead:
        return dead and mark_lost(table, row, launcher)


def mark_lost(table: JobTable, row: Row, launcher: Launcher) -> bool:
    """Kills what is left of a job that nobody answers for and marks it lost: only a caller who keeps others from it
    meanwhile may do so. A job that got as far as its result is done all the same."""
    latest = table.row(row["job_id"])
    if latest is None or latest["status"] not in UNENDED:
        return False
    folder = table.folder(row["job_id"])
    launcher.kill(folder, latest)
    folder.give_room()
    status = how_it_ended(folder, otherwise="lost")
    return end(table, latest["job_id"], status, LOST if status == "lost" else "")


def reconcile(table: JobTable, launcher: Launcher) -> list[str]:
    """Marks as lost every active job whose answering process is gone; returns their ids."""
    return [row["job_id"] for row in table.active() if mark_lost_if_dead(table, row, launcher)]
