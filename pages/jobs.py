"""Jobs: everything that runs or ran, with progress, time left, log, stop, cancel and start again; and the
space that what they made takes."""

from __future__ import annotations

import streamlit as st

from core.services.jobs import active_jobs
from core.ui.jobs.list import how_many, job_list, linked_job, nothing_has_run, open_jobs
from core.ui.jobs.space import space_panel
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page

REFRESH_SECONDS = 1.0


frame = open_page("Jobs", needs="nothing", job_lines=0)
context = frame.context


def jobs() -> None:
    """The page, which refreshes itself only while something runs."""
    page = open_jobs(context)
    if not page.total:
        nothing_has_run()
        return
    how_many(page)
    linked_job(context, page)
    job_list(context, page)


with shown_errors():
    running = active_jobs(context)
    st.fragment(run_every=REFRESH_SECONDS if running else None)(jobs)()
with shown_errors():
    space_panel(context)
