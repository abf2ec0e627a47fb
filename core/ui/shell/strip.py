"""The lines that say what is running, and what has just ended, on every page. They follow by themselves; the page is
drawn again when a job starts or ends."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import JobError
from core.records import Job
from core.services.runs.time_in_words import rough
from core.ui import keys
from core.ui.live import live
from core.ui.parts.job_words import how_it_ended, mark, state_said
from core.ui.parts.problems import plain
from core.ui.parts.results import place_of, result_link
from core.ui.shell.pages import link
from core.words import say, say_stored

TOLD = 3
"""Jobs of which it is said at once that they have ended."""


def job_strip(context: Context, lines: int = 1, without: Job | None = None) -> None:
    """Draws up to `lines` active jobs, or nothing while there is none; `without` the one that the page follows."""
    _note_ended(context)
    st.session_state[keys.SEEN_JOBS] = _pulse(context)
    left_out = without.job_id if without else None
    live(context, lambda: _strip(context, lines, left_out), lambda: _looked_at(context, lines, left_out), key="strip")


def state_of(job: Job) -> tuple[object, object]:
    """What a part that shows a job looks at: see `core.ui.live`."""
    said = progress_text(job)
    urgent = (job.job_id, job.status, job.collected, job.progress.stage, job.queue_position, job.device)
    return urgent, (said, None if job.progress.fraction is None else round(100 * job.progress.fraction))


def progress_text(job: Job) -> str:
    """`scan · 45 % · about 30 s left`: while it waits why and until when, else stage, share and time left."""
    if job.status == "queued":
        return waiting_text(job)
    if job.status != "running" or not job.progress.stage:
        return state_said(job.status)
    parts = [say_stored(job.progress.stage)]
    if job.progress.fraction is not None:
        parts.append(f"{job.progress.fraction:.0%}")
    if job.progress.seconds_left is not None:
        parts.append(left_text(job))
    return " · ".join(parts)


def left_text(job: Job) -> str:
    """`about 12 min left`, without the first word once the time is steady."""
    seconds = job.progress.seconds_left or 0.0
    said = say("a moment") if job.progress.share is not None and seconds < 3 else rough(seconds)
    return say("{time} left", time=said) if job.progress.steady else say("about {time} left", time=said)


def waiting_text(job: Job) -> str:
    """`starts in about 15 min, behind Scan of news`; where nothing tells when, its place in the queue."""
    behind = say_stored(job.behind)
    if behind and job.starts_in is not None:
        return say("starts in about {time}, behind {job}", time=rough(job.starts_in), job=behind)
    place = say("waiting, {n} in the queue", n=job.queue_position) if job.queue_position else say("waiting")
    return say("{place}, behind {job}", place=place, job=behind) if behind else place


def _strip(context: Context, lines: int, without: str | None) -> None:
    if _pulse(context) != st.session_state.get(keys.SEEN_JOBS):
        st.rerun()
    for name in st.session_state.get(keys.ENDED_JOBS, ())[-TOLD:]:
        _ended_line(context, name)
    active = _active(context, without)
    if not active:
        return
    with st.container(gap="xxsmall", key="job-strip"):
        for job in active[:lines]:
            _line(job, more=max(0, len(active) - lines))


def _line(job: Job, more: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/progress_activity: **{plain(say_stored(job.title))}**", width="content")
        st.caption(plain(progress_text(job)), width="content")
        if job.progress.fraction is not None:
            st.progress(job.progress.fraction, width=160)
        st.space("stretch")
        link(
            "jobs",
            say("{n} more", n=more) if more else say("Jobs"),
            icon=":material/arrow_forward:",
            icon_position="right",
        )


def _active(context: Context, without: str | None) -> list[Job]:
    others = (job for job in context.queue.active() if job.job_id != without)
    return sorted(others, key=lambda job: job.status != "running")


def _looked_at(context: Context, lines: int, without: str | None) -> tuple[object, object]:
    active = _active(context, without)
    seen = [state_of(job) for job in active[:lines]]
    return (_pulse(context), [urgent for urgent, _ in seen]), [other for _, other in seen]


def _note_ended(context: Context) -> None:
    """Jobs that this session saw at work and that are not any more: said until somebody has seen it."""
    before = set(st.session_state.get(keys.SEEN_JOBS) or ())
    ended = [*st.session_state.get(keys.ENDED_JOBS, ()), *sorted(before - set(_pulse(context)))]
    st.session_state[keys.ENDED_JOBS] = list(dict.fromkeys(ended))


def _ended_line(context: Context, job_id: str) -> None:
    """`✓ Scan of news done after 3 min · Open`, and a way to have it go."""
    try:
        job = context.queue.get(job_id)
    except JobError:
        return _seen_by_now(job_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"ended-{job_id}"):
        st.markdown(f"{mark(job.status)} **{plain(say_stored(job.title))}**", width="content")
        st.caption(plain(how_it_ended(job)), width="content")
        st.space("stretch")
        if place := place_of(context, job):
            result_link(place)
        st.button(
            say("Seen"),
            key=f"seen-{job_id}",
            type="tertiary",
            icon=":material/close:",
            on_click=_seen_by_now,
            args=(job_id,),
        )
    return None


def _seen_by_now(job_id: str) -> None:
    st.session_state[keys.ENDED_JOBS] = [name for name in st.session_state[keys.ENDED_JOBS] if name != job_id]


def _pulse(context: Context) -> tuple[str, ...]:
    """What the page waits for: jobs at work, and ended ones whose output the store has yet to take in."""
    return tuple(sorted({job.job_id for job in (*context.queue.active(), *context.queue.uncollected())}))
