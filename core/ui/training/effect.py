"""Train, view Did cleaning help?: what would be compared, the comparison under way, and what came of it."""

from __future__ import annotations

import streamlit as st

from core.errors import UsageError
from core.records import ARMS, ENDED, CleaningEffect, Job, ReviewedRows
from core.services.cleaning_effect import (
    FEWEST_SEEDS,
    MOST_SEEDS,
    SEEDS,
    STRATEGIES,
    check_rows,
    effects,
    newest_job,
    preview_effect,
    start_cleaning_effect,
)
from core.services.jobs import can_restart, restart, stop
from core.ui.parts.background import result_of
from core.ui.parts.empty import empty_state
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link
from core.ui.shell.strip import progress_text
from core.ui.training.effect_result import result, title_of

POLL_SECONDS = 0.5


def effect_view(frame: Frame) -> None:
    """The newest answer for the frame's version above the settings for another one; or how to get a first one."""
    job = newest_job(frame.context, frame.version)
    found = effects(frame.context, frame.version.version_id)
    running = job is not None and not (job.status in ENDED and job.collected)
    if job is not None and running:
        st.fragment(run_every=POLL_SECONDS)(_follow)(frame, job.job_id)
    elif job is not None and job.status != "done":
        _ended(frame, job)
    if found:
        _result(found)
    if not running:
        _ask(frame, again=bool(found))


def _result(found: list[CleaningEffect]) -> None:
    """The newest, unless an earlier one was chosen beneath it."""
    by_id = {effect.effect_id: effect for effect in found}
    key = f"effect-{found[0].effect_id}"
    result(by_id[st.session_state.get(key, found[0].effect_id)])
    if len(found) > 1:
        st.selectbox("Earlier results", list(by_id), format_func=lambda name: title_of(by_id[name]), key=key)


def _follow(frame: Frame, job_id: str) -> None:
    job = frame.context.queue.get(job_id)
    if job.status in ENDED and job.collected:
        st.rerun()
    with st.container(border=True, key="effect-progress"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**Measuring whether cleaning helped**", width="content")
            st.caption(plain(progress_text(job)), width="content")
            st.space("stretch")
            pressed = st.button(
                "Stop",
                icon=":material/stop_circle:",
                help="Ends at its next step. A full fine-tune saves, so that it can go on later.",
                disabled=job.status == "stopping",
                key="effect-stop",
            )
        if pressed:
            stop(frame.context, job_id)
            st.rerun()
        st.progress(job.progress.fraction or 0.0)
        st.caption(plain(job.progress.message) or "You may close this tab: it goes on, and the result will be here.")


def _ended(frame: Frame, job: Job) -> None:
    """Why the last comparison gave no result, and how to go on with it."""
    if job.status == "failed":
        st.error(plain(job.error), icon=":material/error:")
    else:
        st.caption(f":material/block: The last comparison was {plain(job.status)} before its end.")
    if can_restart(frame.context, job) and st.button("Go on", icon=":material/replay:", key="effect-resume"):
        with shown_errors():
            restart(frame.context, job.job_id)
            st.rerun()


def _ask(frame: Frame, again: bool) -> None:
    """What would be compared, the two settings, one button."""
    context, version = frame.context, frame.version
    rows = result_of(
        ("effect rows", version.version_id),
        lambda: preview_effect(context, version.version_id),
        waiting="Counting what review has changed",
    )
    if rows is None:
        return
    try:
        check_rows(version, rows)
    except UsageError as error:
        _nothing_to_compare(frame, error)
        return
    if again:
        with st.expander("Measure again", icon=":material/replay:"):
            _form(frame, rows)
        return
    st.markdown("**Did cleaning help?**")
    st.caption(
        "Trains models on the labels as given, on the reviewed labels, and on as many random changes, several of each, "
        "and scores all of them on the test split."
    )
    with st.container(border=True, key="effect-form"):
        _form(frame, rows)


def _form(frame: Frame, rows: dict[str, ReviewedRows]) -> None:
    for split, words in (("train", "rows to learn from"), ("test", "test rows")):
        st.markdown(plain(_changes(rows[split], words)))
    strategy = st.radio(
        "Strategy",
        list(STRATEGIES),
        format_func=lambda name: STRATEGIES[name][0],
        captions=[explanation for _, explanation in STRATEGIES.values()],
        key="effect-strategy",
    )
    seeds = st.number_input(
        "Seeds",
        FEWEST_SEEDS,
        MOST_SEEDS,
        SEEDS,
        help="Models per kind of labels, each on a resample of the training rows of its own. More make the intervals "
        "narrower.",
        key="effect-seeds",
        width=170,
    )
    st.caption(f"Trains {len(ARMS) * seeds} models.")
    if st.button("Measure", type="primary", icon=":material/play_arrow:", key="effect-start"):
        with shown_errors():
            start_cleaning_effect(
                frame.context, frame.version.version_id, seeds=int(seeds), strategy=strategy, by=frame.user, rows=rows
            )
            st.rerun()


def _changes(rows: ReviewedRows, words: str) -> str:
    return (
        f"{rows.changed:,} of {rows.rows:,} {words} changed in review: "
        f"{rows.relabelled:,} relabelled, {rows.excluded:,} excluded"
    )


def _nothing_to_compare(frame: Frame, error: UsageError) -> None:
    name = frame.dataset.name
    empty_state(
        plain(error.message),
        plain(error.hint),
        icon="rule",
        action=lambda: link("review", "Review", icon=":material/arrow_forward:", dataset=name),
    )
