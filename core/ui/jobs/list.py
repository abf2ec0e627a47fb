"""All jobs, newest first, a page at a time."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import JobError
from core.records import ENDED, Job
from core.services.jobs import KIND_NAMES, STATES, JobPage, Shown, get_job, list_jobs
from core.ui import keys
from core.ui.jobs.line import job_line
from core.ui.jobs.log import job_log
from core.ui.parts.empty import empty_state
from core.ui.parts.job_words import kind_said
from core.ui.parts.problems import show_error
from core.ui.shell.pages import link
from core.ui.shell.strip import state_of
from core.words import later, say, say_n

PAGE_JOBS = 20
_SHOWN: dict[Shown, str] = {
    "all": later("All"),
    "under way": later("Under way"),
    "done": later("Done"),
    "not done": later("Not done"),
}
PAGE_KEY, SHOW_KEY, KIND_KEY = "jobs-page", "jobs-show", "jobs-kind"


def open_jobs(context: Context) -> JobPage:
    """The page of the list that is open."""
    number = int(st.session_state.get(PAGE_KEY, 1))
    show, kind = st.session_state.get(SHOW_KEY, "all"), st.session_state.get(KIND_KEY)
    return list_jobs(context, PAGE_JOBS, (number - 1) * PAGE_JOBS, show=show, kind=kind)


def choose_jobs() -> None:
    """Which jobs are listed: by how they stand, and by kind."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="job-filter"):
        st.segmented_control(
            say("Show"),
            list(STATES),
            default="all",
            required=True,
            format_func=lambda show: say(_SHOWN[show]),
            key=SHOW_KEY,
            on_change=_first_page,
            label_visibility="collapsed",
        )
        st.selectbox(
            say("Kind"),
            KIND_NAMES,
            index=None,
            placeholder=say("Every kind"),
            format_func=kind_said,
            key=KIND_KEY,
            on_change=_first_page,
            label_visibility="collapsed",
            width=180,
        )


def jobs_looked_at(context: Context) -> tuple[object, object]:
    """What the list shows, see `core.ui.live`."""
    states = [state_of(job) for job in context.queue.active()]
    newest = context.queue.list(1)
    return [newest[0].job_id if newest else None, *(urgent for urgent, _ in states)], [other for _, other in states]


def _first_page() -> None:
    st.session_state[PAGE_KEY] = 1


def nothing_has_run() -> None:
    """The workspace has no job."""
    empty_state(
        say("Nothing has run yet"),
        say("Loads, scans and fine-tunes will be here, each with its progress, the time it has left and its log."),
        icon="bolt",
        action=lambda: link("data", say("Load a dataset"), icon=":material/upload:", view="load"),
        shows="jobs",
    )


def how_many(page: JobPage) -> None:
    """How many jobs there are, and how many of those on the page are under way."""
    active = sum(job.status not in ENDED for job in page.jobs)
    jobs = say_n("{n:,} job, newest first", "{n:,} jobs, newest first", page.total)
    st.caption(f"{jobs} · {say('{n} under way', n=active)}" if active else jobs)


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
    if not page.jobs:
        st.caption(say("None of the jobs is like this. Choose “All” and “Every kind” to see them all."))
        return
    with st.container(gap="small", border=True, key="job-list"):
        for job in page.jobs:
            _entry(context, job, opened)
    if page.total > PAGE_JOBS:
        st.pagination(-(-page.total // PAGE_JOBS), key=PAGE_KEY)


def _entry(context: Context, job: Job, opened: str | None) -> None:
    job_line(context, job, log_open=job.job_id == opened)
    if job.job_id == opened:
        job_log(context, job)
