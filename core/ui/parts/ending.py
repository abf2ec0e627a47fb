"""Buttons that end a job or start it again: the same words for the same act on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import streamlit as st

from core.context import Context
from core.records import Job
from core.services.jobs import can_restart, cancel, goes_on, is_untaken, restart, stop
from core.services.runs.time_in_words import duration
from core.ui.parts.problems import plain, shown_errors
from core.words import say, say_stored

ASKS_AFTER = 60.0
"""Seconds of work after which a cancel asks first."""
Kind = Literal["primary", "secondary", "tertiary"]


def end_buttons(context: Context, job: Job, key: str, *, kind: Kind = "tertiary") -> None:
    """Stop, which keeps what the job has, and Cancel, which asks where that would be lost."""
    asked = job.status == "stopping"
    keeps = say("Ends at its next step and keeps what it has: it can go on from there.")
    _button(context, job, say("Stop"), "stop_circle", stop, keeps, f"stop-{key}", kind, disabled=asked)
    ran = 0.0 if job.started_at is None else (datetime.now(UTC) - job.started_at).total_seconds()
    at_once = say("Ends within a second or so; what it has not saved is lost.")
    if ran < ASKS_AFTER:
        _button(context, job, say("Cancel"), "block", cancel, at_once, f"cancel-{key}", kind)
        return
    with st.popover(say("Cancel"), icon=":material/block:", type=kind, help=at_once, key=f"cancel-ask-{key}"):
        worked = say("{job} has worked for {time}. Stop keeps what it has; Cancel does not.", **_work(job, ran))
        st.markdown(plain(worked))
        _button(context, job, say("Cancel it"), "block", cancel, at_once, f"cancel-{key}", "primary")


def again_button(context: Context, job: Job, key: str, *, kind: Kind = "tertiary") -> None:
    """Resume where there is something to go on from, else Start again; nothing for a job that cannot be."""
    if is_untaken(context, job):
        label, icon, on = say("Take in again"), "move_to_inbox", say("Its result is kept: nothing runs again.")
    elif not can_restart(context, job):
        return
    elif goes_on(context, job):
        label, icon = say("Resume"), "resume"
        on = say("Goes on from its last checkpoint with the same settings.")
    else:
        label, icon = say("Start again"), "replay"
        on = say("Runs with the same settings; embeddings that it made are kept.")
    _button(context, job, label, icon, restart, on, f"restart-{key}", kind)


def _work(job: Job, seconds: float) -> dict[str, str]:
    return {"job": say_stored(job.title), "time": duration(seconds)}


def _button(
    context: Context,
    job: Job,
    label: str,
    icon: str,
    act: Callable[[Context, str], Job],
    explanation: str,
    key: str,
    kind: Kind,
    disabled: bool = False,
) -> None:
    if st.button(label, key=key, type=kind, icon=f":material/{icon}:", help=explanation, disabled=disabled):
        with shown_errors():
            act(context, job.job_id)
            st.rerun()
