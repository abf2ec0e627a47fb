"""The Jobs page: all jobs, newest first, a page at a time. Refreshes itself only while something runs."""

from __future__ import annotations

import streamlit as st

from core.errors import JobError
from core.records import ENDED, Job
from core.services.jobs import active_jobs, get_job, list_jobs
from core.ui import keys
from core.ui.jobs.log import job_log
from core.ui.parts.empty import empty_state
from core.ui.parts.job_line import job_line
from core.ui.parts.problems import show_error
from core.ui.shell.frame import BareFrame

PAGE_JOBS = 20
REFRESH_SECONDS = 1.0
PAGE_KEY = "jobs-page"


def draw(frame: BareFrame) -> None:
    """The job that the URL names with its log, then the list."""
    running = bool(active_jobs(frame.context))
    st.fragment(run_every=REFRESH_SECONDS if running else None)(_list)(frame)


def _list(frame: BareFrame) -> None:
    number = int(st.session_state.get(PAGE_KEY, 1))
    page = list_jobs(frame.context, PAGE_JOBS, (number - 1) * PAGE_JOBS)
    if not page.total:
        empty_state("Nothing has run yet", "Loads and scans appear here, with their progress and log.", icon="bolt")
        return
    active = sum(job.status not in ENDED for job in page.jobs)
    jobs = f"{page.total:,} {'job' if page.total == 1 else 'jobs'}, newest first"
    st.caption(f"{jobs} · {active} under way" if active else jobs)
    opened = st.query_params.get(keys.JOB)
    if opened is not None and opened not in {job.job_id for job in page.jobs}:
        _linked(frame, opened)
    with st.container(gap="small", border=True, key="job-list"):
        for job in page.jobs:
            _entry(frame, job, opened)
    if page.total > PAGE_JOBS:
        st.pagination(-(-page.total // PAGE_JOBS), key=PAGE_KEY)


def _entry(frame: BareFrame, job: Job, opened: str | None) -> None:
    job_line(frame, job, log_open=job.job_id == opened)
    if job.job_id == opened:
        job_log(frame, job)


def _linked(frame: BareFrame, job_id: str) -> None:
    """A job that a link leads to and that stands on another page of the list."""
    try:
        job = get_job(frame.context, job_id)
    except JobError as error:
        show_error(error)
        return
    with st.container(border=True, key="job-linked"):
        _entry(frame, job, job_id)
