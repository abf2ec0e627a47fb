"""The line that says what is running, on every page. Refreshes itself; redraws the page when a job starts or ends."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Job
from core.ui import keys
from core.ui.parts.problems import plain
from core.ui.shell.pages import link

BUSY_SECONDS = 2.0
"""Between two looks while something runs."""
IDLE_SECONDS = 5.0


def job_strip(context: Context, lines: int = 1, without: Job | None = None) -> None:
    """Draws up to `lines` active jobs, or nothing while there is none; `without` the one that the page follows."""
    seen = _pulse(context)
    st.session_state[keys.SEEN_JOBS] = seen
    left_out = without.job_id if without else None
    st.fragment(run_every=BUSY_SECONDS if seen else IDLE_SECONDS)(_strip)(context, lines, left_out)


def progress_text(job: Job) -> str:
    """`scan · 45 % · 32 s left`: the state while it waits, else stage, share and time left."""
    if job.status == "queued" and job.queue_position:
        return f"waiting, {job.queue_position} in the queue"
    if job.status != "running" or not job.progress.stage:
        return job.status
    parts = [job.progress.stage]
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


def _strip(context: Context, lines: int, without: str | None) -> None:
    if _pulse(context) != st.session_state.get(keys.SEEN_JOBS):
        st.rerun()
    others = (job for job in context.queue.active() if job.job_id != without)
    active = sorted(others, key=lambda job: job.status != "running")
    if not active:
        return
    with st.container(gap="xxsmall", key="job-strip"):
        for job in active[:lines]:
            _line(job, more=max(0, len(active) - lines))


def _line(job: Job, more: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/progress_activity: **{plain(job.title)}**", width="content")
        st.caption(plain(progress_text(job)), width="content")
        if job.progress.fraction is not None:
            st.progress(job.progress.fraction, width=160)
        st.space("stretch")
        link("jobs", f"{more} more" if more else "Jobs", icon=":material/arrow_forward:", icon_position="right")


def _pulse(context: Context) -> tuple[str, ...]:
    """What the page waits for: jobs at work, and ended ones whose output the store has yet to take in."""
    return tuple(sorted({job.job_id for job in (*context.queue.active(), *context.queue.uncollected())}))
