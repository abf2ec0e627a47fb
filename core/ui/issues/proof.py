"""The proof of the detectors: asked for, followed, and its answer."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.jobs.proof.spec import FEWEST_REPEATS, MOST_REPEATS, REPEATS
from core.records import Dataset, Version
from core.services.issues.listing import Findings
from core.services.issues.proof import newest_job, newest_proof, start_proof
from core.services.runs.forecast_time import time_of_proof
from core.services.runs.time_in_words import of_work
from core.ui.issues.proof_result import proof_result
from core.ui.parts.background import result_of, this_minute
from core.ui.parts.ending import under_way
from core.ui.parts.problems import plain, shown_errors
from core.words import later, say

WHAT = later(
    "Errors are planted in copies of the labels, in manners of which the most lifelike comes first. Each detector "
    "ranks each copy, and what a review from the top would find is counted. Nothing of your data changes."
)


def offered(found: Findings) -> bool:
    """Of wrong labels."""
    return found.kind.name == "label"


def proof(context: Context, dataset: Dataset, version: Version, user: str, found: Findings) -> None:
    """The proof that is under way, the newest answer, and the form that starts another."""
    job = newest_job(context, version)
    running = under_way(context, job, say("**Testing the detectors**"), "proof")
    answer = newest_proof(context, version)
    if answer is not None:
        proof_result(context, dataset, found.scan, *answer)
    if not running:
        _form(context, dataset, version, user, found, again=answer is not None)


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
