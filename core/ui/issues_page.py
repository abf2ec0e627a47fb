"""The Issues page from top to bottom: what runs, what was found, the list. Decides which of them there is to show."""

from __future__ import annotations

from core.ui.frame import Frame
from core.ui.issues_filter import filter_bar
from core.ui.issues_list import ranked_list
from core.ui.issues_scan import failure, follow, no_scan_yet
from core.ui.issues_summary import figures, where_they_are
from core.workflow.issues import findings, latest_scan, newest_scan_job


def draw(frame: Frame) -> None:
    """Draws the page for the frame's version: its newest scan, or how to start one."""
    scan = latest_scan(frame.context, frame.version.version_id)
    job = newest_scan_job(frame.context, frame.version)
    if job is not None and not job.collected:
        follow(frame, job, scan)
    elif job is not None and job.status != "done":
        failure(frame, job)
    if scan is None:
        if job is None or job.collected:
            no_scan_yet(frame)
        return
    found = findings(frame.context, scan)
    figures(frame, found)
    where_they_are(frame, found)
    ranked_list(frame, scan, filter_bar(frame))
