"""One job as a line: what it is, how far it is or how it ended, and what can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from core.context import Context
from core.errors import JobError
from core.records import ENDED, Job
from core.services.jobs import move
from core.ui import keys
from core.ui.parts.ending import again_button, end_buttons
from core.ui.parts.job_words import ago, how_it_ended, kind_said, mark
from core.ui.parts.problems import plain
from core.ui.parts.results import place_of, result_link
from core.ui.shell.strip import progress_text
from core.words import later, say, say_stored

MOVES = (
    ("first", "vertical_align_top", later("Run first"), later("Before every other job that waits.")),
    ("up", "arrow_upward", later("Up"), later("One place up in the queue.")),
    ("down", "arrow_downward", later("Down"), later("One place down in the queue.")),
)


def job_line(context: Context, job: Job, *, log_open: bool) -> None:
    """Draws the line and does what its buttons ask for."""
    with st.container(key=f"job-{job.job_id}"):
        name, state, actions = st.columns([3, 4, 3], vertical_alignment="center")
    place = place_of(context, job) if job.status == "done" else None
    with name.container(gap="xxsmall"):
        title = f"{mark(job.status)} **{plain(say_stored(job.title))}**"
        if place:
            result_link(place, title=title)
        else:
            st.markdown(title)
        st.caption(plain(origin(job, datetime.now(UTC))))
    with state.container(gap="xxsmall"):
        st.caption(plain(standing(job)))
        if job.status not in ENDED and job.progress.fraction is not None:
            st.progress(job.progress.fraction)
        if place and job.collected:
            result_link(place)
    with actions, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        if job.queue_position is not None:
            _places(context, job)
        if job.status not in ENDED:
            end_buttons(context, job, job.job_id)
        else:
            again_button(context, job, job.job_id)
        st.button(
            say("Hide log") if log_open else say("Log"),
            key=f"log-{job.job_id}",
            type="tertiary",
            icon=":material/article:",
            help=say("What it printed, and where its files are."),
            on_click=_open_log,
            args=(None if log_open else job.job_id,),
        )


def origin(job: Job, now: datetime) -> str:
    """`scan · ada · 3 min 20 s ago · cuda:0`."""
    parts = [kind_said(job.kind), job.created_by, ago(job.created_at, now)]
    device = say("beside other work") if job.device == "beside" else job.device
    return " · ".join([*parts, device] if device else parts)


def standing(job: Job) -> str:
    """How far a job is, or how it ended, with its cause."""
    if job.status not in ENDED:
        return progress_text(job)
    ended = how_it_ended(job)
    if job.status == "done" and not job.collected:
        return f"{ended} · {say('taking the result in')}"
    return f"{ended} · {say_stored(job.error)}" if job.error else ended


def _places(context: Context, job: Job) -> None:
    """Another place in the queue."""
    for where, icon, label, explanation in MOVES:
        st.button(
            say(label),
            key=f"{where}-{job.job_id}",
            type="tertiary",
            icon=f":material/{icon}:",
            help=say(explanation),
            on_click=partial(_move, context, job.job_id, where),
        )


def _move(context: Context, job_id: str, where: str) -> None:
    try:
        move(context, job_id, where)  # type: ignore[arg-type]
    except JobError as error:
        st.toast(plain(say_stored(error.message)))


def _open_log(job_id: str | None) -> None:
    if job_id is None:
        st.query_params.pop(keys.JOB, None)
    else:
        st.query_params[keys.JOB] = job_id
