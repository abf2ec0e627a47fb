"""What is said of a job that a part of a page has started, and the buttons that end it or start it again: the same
words for the same act on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import streamlit as st

from core.context import Context
from core.records import ENDED, Job
from core.services.jobs import can_restart, cancel, goes_on, is_untaken, restart, stop
from core.services.runs.time_in_words import duration
from core.ui.live import live
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.reading import reading
from core.ui.shell.strip import progress_text, state_of
from core.words import say, say_stored

ASKS_AFTER = 60.0
"""Seconds of work after which a cancel asks first."""
Kind = Literal["primary", "secondary", "tertiary"]


def under_way(context: Context, job: Job | None, title: str, key: str, *, keeps: str | None = None) -> bool:
    """Follows the newest job of its kind, or says why it gave no result; whether it is under way. `title` is what it
    does, in bold; `keeps` what is kept of one that is stopped. Nothing can be pressed by those who may only read."""
    if job is None:
        return False
    if not (job.status in ENDED and job.collected):
        job_id = job.job_id
        live(
            context,
            lambda: _followed(context, job_id, title, key, keeps),
            lambda: state_of(context.queue.get(job_id)),
            key=f"{key}-live",
        )
        return True
    without_result(context, job, key)
    return False


def _followed(context: Context, job_id: str, title: str, key: str, keeps: str | None) -> None:
    job = context.queue.get(job_id)
    if job.status in ENDED and job.collected:
        st.rerun()
    with st.container(border=True, key=f"{key}-progress"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(title, width="content")
            st.caption(plain(progress_text(job)), width="content")
            st.space("stretch")
            pressed = not reading() and st.button(
                say("Stop"),
                icon=":material/stop_circle:",
                help=keeps,
                disabled=job.status == "stopping",
                key=f"{key}-stop",
            )
        if pressed:
            stop(context, job_id)
            st.rerun()
        st.progress(job.progress.fraction or 0.0)
        st.caption(
            plain(say_stored(job.progress.message))
            or say("You may close this tab: it goes on, and the result will be here.")
        )


def without_result(context: Context, job: Job, key: str) -> None:
    """Why a job that has ended gave no result, or not its last one, and what starts it again; nothing where it has
    done all."""
    if not job.collected or job.status == "done":
        return
    if job.status in ("stopped", "cancelled"):
        st.caption(say(":material/block: The last one was {status} before its end.", status=say_stored(job.status)))
    else:
        st.error(plain(say_stored(job.error)), icon=":material/error:")
        hint = say("Its log is on the Jobs page. Change the settings or start it again.")
        st.caption(f":material/arrow_forward: {hint}")
    if not reading():
        again_button(context, job, key, kind="secondary")


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
