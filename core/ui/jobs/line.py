"""One job as a line: what it is, how far it is or how it ended, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from core.context import Context
from core.records import ENDED, Job
from core.services.jobs import can_restart, cancel, is_untaken, restart, stop
from core.ui import keys
from core.ui.parts.job_words import ago, how_it_ended, mark
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.strip import progress_text

ERROR_CHARACTERS = 240
"""A longer cause is cut in its line and stands whole above the log."""


def job_line(context: Context, job: Job, *, log_open: bool) -> None:
    """Draws the line and does what its buttons ask for."""
    with st.container(key=f"job-{job.job_id}"):
        name, state, actions = st.columns([3, 4, 3], vertical_alignment="center")
    with name.container(gap="xxsmall"):
        st.markdown(f"{mark(job.status)} **{plain(job.title)}**")
        st.caption(plain(origin(job, datetime.now(UTC))))
    with state.container(gap="xxsmall"):
        st.caption(plain(standing(job)))
        if job.status not in ENDED and job.progress.fraction is not None:
            st.progress(job.progress.fraction)
    with actions, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        _actions(context, job)
        st.button(
            "Hide log" if log_open else "Log",
            key=f"log-{job.job_id}",
            type="tertiary",
            icon=":material/article:",
            on_click=_open_log,
            args=(None if log_open else job.job_id,),
        )


def origin(job: Job, now: datetime) -> str:
    """`scan · ada · 3 min 20 s ago · cuda:0`."""
    parts = [job.kind, job.created_by, ago(job.created_at, now)]
    return " · ".join([*parts, job.device] if job.device else parts)


def standing(job: Job) -> str:
    """How far a job is, or how it ended, with its cause."""
    if job.status not in ENDED:
        return progress_text(job)
    ended = how_it_ended(job)
    if job.status == "done" and not job.collected:
        return f"{ended} · taking the result in"
    cause = job.error if len(job.error) <= ERROR_CHARACTERS else f"{job.error[:ERROR_CHARACTERS]}…"
    return f"{ended} · {cause}" if cause else ended


def _actions(context: Context, job: Job) -> None:
    if job.status not in ENDED:
        asked = job.status == "stopping"
        _action(context, job, "Stop", "stop_circle", stop, "Ends at its next step and keeps what it has.", asked)
        _action(context, job, "Cancel", "block", cancel, "Ends within a second or so.")
    elif is_untaken(context, job):
        _action(context, job, "Take in again", "move_to_inbox", restart, "Its result is kept: nothing runs again.")
    elif can_restart(context, job):
        _action(context, job, "Start again", "replay", restart, "Runs with the same settings; what it made is kept.")


def _action(
    context: Context,
    job: Job,
    label: str,
    icon: str,
    act: Callable[[Context, str], Job],
    explanation: str,
    disabled: bool = False,
) -> None:
    key = f"{act.__name__}-{job.job_id}"
    if st.button(label, key=key, type="tertiary", icon=f":material/{icon}:", help=explanation, disabled=disabled):
        with shown_errors():
            act(context, job.job_id)
            st.rerun()


def _open_log(job_id: str | None) -> None:
    if job_id is None:
        st.query_params.pop(keys.JOB, None)
    else:
        st.query_params[keys.JOB] = job_id
