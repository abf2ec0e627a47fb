"""The Issues page from top to bottom: what runs, what was found, the list. Decides which of them there is to show."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Job, Scan, Version
from core.services.issues.listing import findings, latest_scan, newest_scan_job
from core.ui.issues.cards import cards
from core.ui.issues.figures import figures
from core.ui.issues.groups import excluded
from core.ui.issues.list import ranked_list
from core.ui.issues.scan import failure, follow, no_scan_yet
from core.ui.issues.where import where_they_are
from core.ui.parts.issue_filter import filter_bar
from core.ui.shell.frame import Frame


def followed(context: Context, version: Version) -> Job | None:
    """The scan of the version whose progress the page shows."""
    job = newest_scan_job(context, version)
    return job if _runs(job, latest_scan(context, version.version_id)) else None


def draw(frame: Frame) -> None:
    """Draws the page for the frame's version: its newest scan, or how to start one."""
    scan = latest_scan(frame.context, frame.version.version_id)
    job = newest_scan_job(frame.context, frame.version)
    scanning = _runs(job, scan)
    if job is not None and scanning:
        follow(frame, job, scan)
    elif job is not None and job.collected and job.status != "done":
        failure(job)
    if scan is not None:
        _result(frame, scan, scanning)
    elif not scanning:
        no_scan_yet(frame)


def _runs(job: Job | None, scan: Scan | None) -> bool:
    """Whether more is to come; not once the last tier is in, though the job itself may have a moment to go."""
    last_is_in = job is not None and scan is not None and scan.final and scan.job_id == job.job_id
    return job is not None and not job.collected and not last_is_in


def _result(frame: Frame, scan: Scan, scanning: bool) -> None:
    """The filters stand beneath the figures but are read first: what is chosen shows in the matrix as well."""
    above = st.container()
    where = filter_bar(frame, scan)
    with above:
        found = findings(frame.context, scan, where.issue_type, where.worst)
        cards(scan, found.kind)
        figures(frame, found, scanning)
        if "classes" in found.about:
            where_they_are(frame, found)
    if "group" in found.kind.actions:
        excluded(frame)
    ranked_list(frame, found, where)
