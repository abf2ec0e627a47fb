"""The proof of the detectors: asked for, followed, and its answer."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.jobs.proof.spec import FEWEST_REPEATS, MOST_REPEATS, REPEATS
from core.records import ENDED, Dataset, Job, Version
from core.services.issues.listing import Findings
from core.services.issues.proof import newest_job, newest_proof, possible, start_proof
from core.services.jobs import stop
from core.services.runs.forecast_time import time_of_proof
from core.services.runs.time_in_words import of_work
from core.ui.issues.proof_result import proof_result
from core.ui.live import live
from core.ui.parts.background import result_of, this_minute
from core.ui.parts.ending import again_button
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.strip import progress_text, state_of
from core.words import later, say, say_stored

WHAT = later(
    "Errors are planted in copies of the labels, where people would err and in three other manners. Each detector "
    "ranks each copy, and what a review from the top would find is counted. Nothing of your data changes."
)


def offered(dataset: Dataset, found: Findings) -> bool:
    """Of wrong labels that are one class each."""
    return found.kind.name == "label" and possible(dataset)


def proof(context: Context, dataset: Dataset, version: Version, user: str, found: Findings) -> None:
    """The proof that is under way, the newest answer, and the form that starts another."""
    job = newest_job(context, version)
    running = job is not None and not (job.status in ENDED and job.collected)
    if job is not None and running:
        followed = job.job_id
        live(context, lambda: _follow(context, followed), lambda: state_of(context.queue.get(followed)), key="proof")
    elif job is not None and job.status != "done":
        _ended(context, job)
    answer = newest_proof(context, version)
    if answer is not None:
        proof_result(context, dataset, found.scan, *answer)
    if not running:
        _form(context, dataset, version, user, found, again=answer is not None)


def _follow(context: Context, job_id: str) -> None:
    job = context.queue.get(job_id)
    if job.status in ENDED and job.collected:
        st.rerun()
    with st.container(border=True, key="proof-progress"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(say("**Testing the detectors**"), width="content")
            st.caption(plain(progress_text(job)), width="content")
            st.space("stretch")
            pressed = st.button(
                say("Stop"), icon=":material/stop_circle:", disabled=job.status == "stopping", key="proof-stop"
            )
        if pressed:
            stop(context, job_id)
            st.rerun()
        st.progress(job.progress.fraction or 0.0)
        st.caption(
            plain(say_stored(job.progress.message))
            or say("You may close this tab: it goes on, and the result will be here.")
        )


def _ended(context: Context, job: Job) -> None:
    if job.status == "failed":
        st.error(plain(say_stored(job.error)), icon=":material/error:")
    else:
        st.caption(say(":material/block: The last test was {status} before its end.", status=say_stored(job.status)))
    again_button(context, job, "proof", kind="secondary")


def _form(context: Context, dataset: Dataset, version: Version, user: str, found: Findings, *, again: bool) -> None:
    if not again:
        st.caption(say(WHAT))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        repeats = st.number_input(
            say("Copies for each manner"),
            FEWEST_REPEATS,
            MOST_REPEATS,
            REPEATS,
            help=say("More make the bands surer, and take as much longer."),
            key="proof-repeats",
            width=190,
        )
        pressed = st.button(
            say("Test again") if again else say("Test the detectors"),
            type="secondary" if again else "primary",
            icon=":material/play_arrow:",
            key="proof-start",
        )
    time = result_of(
        context,
        ("proof time", found.scan.scan_id, int(repeats), this_minute()),
        lambda: time_of_proof(context, dataset, found.scan, int(repeats)),
        waiting=later("Estimating the time"),
    )
    if time is not None:
        st.caption(plain(of_work(time)))
    if pressed:
        with shown_errors():
            start_proof(context, version.version_id, by=user, repeats=int(repeats))
            st.rerun()
