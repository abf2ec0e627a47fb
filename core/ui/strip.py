"""The line that says what is running, on every page. Refreshes itself; redraws the page when a job ends."""

from __future__ import annotations

import streamlit as st

from core.records import ENDED, Job
from core.ui import keys
from core.ui.pages import link
from core.ui.problems import plain
from core.workflow.context import Context

BUSY_SECONDS = 1.0
"""Between two looks while something runs."""
IDLE_SECONDS = 5.0


def job_strip(context: Context) -> None:
    """Draws the line, or nothing while no job is active."""
    seen = context.queue.active()
    st.session_state[keys.SEEN_JOBS] = _pulse(seen)
    st.fragment(run_every=BUSY_SECONDS if seen else IDLE_SECONDS)(_strip)(context)


def progress_text(job: Job) -> str:
    """`scan · 45 % · 32 s left`: the state while it waits, else stage, share and time left."""
    if job.status == "queued" and job.queue_position:
        return f"waiting, {job.queue_position} in the queue"
    if job.status != "running" or not job.progress.stage:
        return job.status
    parts = [job.progress.message or job.progress.stage]
    if job.progress.fraction is not None:
        parts.append(f"{job.progress.fraction:.0%}")
    if job.progress.seconds_left is not None:
        parts.append(f"{duration(job.progress.seconds_left)} left")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _strip(context: Context) -> None:
    active = context.queue.active()
    if _pulse(active) != st.session_state.get(keys.SEEN_JOBS):
        st.rerun()
    if not active:
        return
    first = next((job for job in active if job.status == "running"), active[0])
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="job-strip"):
        st.markdown(f":material/progress_activity: **{plain(first.title)}**", width="content")
        st.caption(plain(progress_text(first)), width="content")
        if first.progress.fraction is not None:
            st.progress(first.progress.fraction)
        more = f"{len(active) - 1} more" if len(active) > 1 else "Jobs"
        link("jobs", more, icon=":material/arrow_forward:")


def _pulse(active: list[Job]) -> tuple[str, ...]:
    return tuple(sorted(job.job_id for job in active if job.status not in ENDED))
