"""Scans: started, or run while somebody waits."""

from __future__ import annotations

from collections.abc import Callable

from core.context import Context
from core.issues.label import FLAG_BY, NUMBERS_BY
from core.jobs.scan import web
from core.records import Job, Scan, ScanSpec
from core.services.follow import follow
from core.services.room import room_for_scan
from core.store.scans import latest_scan

__all__ = ["FLAG_BY", "NUMBERS_BY", "run_scan", "start_scan"]


def start_scan(context: Context, version_id: str, spec: ScanSpec, by: str) -> Job:
    """Starts a scan, see `core.jobs.scan.web`. Raises NoRoomError too, where its room plainly is not there."""
    room_for_scan(context, version_id, spec).check()
    return web.start_scan(context, version_id, spec, by)


def run_scan(
    context: Context, version_id: str, spec: ScanSpec, by: str, on_progress: Callable[[Job], None] = lambda job: None
) -> Scan:
    """Runs a scan in the foreground and returns its best tier. Raises as `start_scan` does, and JobError."""
    job = start_scan(context, version_id, spec, by)
    follow(context, job.job_id, on_progress)
    scan = latest_scan(context.store, version_id)
    assert scan is not None  # a scan that is done has a tier
    return scan
