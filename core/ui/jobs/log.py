"""What a job printed, and what it was asked to do."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Job
from core.services.jobs import log
from core.ui.parts.problems import plain
from core.words import say, say_stored

LINES = 200
SHORT_LINES = 14
"""A log with fewer lines is shown whole, a longer one scrolls."""


def job_log(context: Context, job: Job) -> None:
    """The cause of a failure in full, the last lines of the log, and where the whole of it lies."""
    with st.container(key=f"job-log-{job.job_id}"):
        if job.error:
            st.markdown(plain(say_stored(job.error)))
        printed = log(context, job.job_id, LINES)
        if printed:
            long = printed.count("\n") >= SHORT_LINES
            st.code(printed, language=None, wrap_lines=True, height=320 if long else "content")
        else:
            st.caption(say("It has printed nothing so far."))
        made = say("Made {time:%Y-%m-%d %H:%M:%S} UTC", time=job.created_at)
        rest = say("the last {n} lines; all of it and the settings are in {folder}", n=LINES, folder=job.folder)
        st.caption(plain(f"{made} · {rest}"))
