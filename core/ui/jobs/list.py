"""All jobs, newest first, a page at a time."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import JobError
from core.records import ENDED, Job
from core.services.jobs import JobPage, get_job, list_jobs
from core.ui import keys
from core.ui.jobs.line import job_line
from core.ui.jobs.log import job_log
from core.ui.parts.empty import empty_state
from core.ui.parts.problems import show_error

PAGE_JOBS = 20
PAGE_KEY = "jobs-page"


def open_jobs(context: Context) -> JobPage:
    """The page of the list that is open."""
    number = int(st.session_state.get(PAGE_KEY, 1))
    return list_jobs(context, PAGE_JOBS, (number - 1) * PAGE_JOBS)


def nothing_has_run() -> None:
    """The workspace has no job."""
    empty_state("Nothing has run yet", "Loads and scans appear here, with their progress and log.", icon="bolt")


def how_many(page: JobPage) -> None:
    """How many jobs there are, and how many of those on the page are under way."""
    active = sum(job.status not in ENDED for job in page.jobs)
    jobs = f"{page.total:,} {'job' if page.total == 1 else 'jobs'}, newest first"
    st.caption(f"{jobs} · {active} under way" if active else jobs)


def linked_job(context: Context, page: JobPage) -> None:
    """The job that the URL names, with its log, where it stands on another page of the list."""
    opened = st.query_params.get(keys.JOB)
    if opened is None or opened in {job.job_id for job in page.jobs}:
        return
    try:
        job = get_job(context, opened)
    except JobError as error:
        show_error(error)
        return
    with st.container(border=True, key="job-linked"):
        _entry(context, job, opened)


def job_list(context: Context, page: JobPage) -> None:
    """A line per job; the log of the one that the URL names beneath it."""
    opened = st.query_params.get(keys.JOB)
    with st.container(gap="small", border=True, key="job-list"):
        for job in page.jobs:
            _entry(context, job, opened)
    if page.total > PAGE_JOBS:
        st.pagination(-(-page.total // PAGE_JOBS), key=PAGE_KEY)


def _entry(context: Context, job: Job, opened: str | None) -> None:
    job_line(context, job, log_open=job.job_id == opened)
    if job.job_id == opened:
        job_log(context, job)
