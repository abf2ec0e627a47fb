"""A load as it goes: rows, rows per second, time left, stop; and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import ENDED, Dataset, Job
from core.services.runs.time_in_words import duration
from core.store.datasets import get_dataset
from core.ui import keys
from core.ui.live import live
from core.ui.parts.job_words import state_said
from core.ui.parts.problems import plain, show_error
from core.words import later, say, say_stored, stored

_ALL_LOADED = later("{dataset}: {rows:,} rows loaded.")


def follow_load(context: Context) -> bool:
    """Draws the load that this session started and opens its dataset at the end; whether it is still going."""
    job = _mine(context)
    if job is None:
        return False
    if not _is_over(job):
        followed = job.job_id
        live(context, lambda: _progress(context, followed), lambda: _looked_at(context, followed), key="load")
        return True
    dataset_id = _ended(job)
    if dataset_id is not None:
        _open(get_dataset(context.store, dataset_id))
    return False


def report_load(context: Context) -> None:
    """Says it where the load that this session started has failed; for pages that show progress by themselves."""
    job = _mine(context)
    if job is not None and _is_over(job):
        _ended(job)


def _mine(context: Context) -> Job | None:
    job_id = st.session_state.get(keys.LOAD_JOB)
    return None if job_id is None else context.queue.get(job_id)


def _ended(job: Job) -> str | None:
    """Lets go of the load; the dataset's id, or None after saying why there is no dataset."""
    del st.session_state[keys.LOAD_JOB]
    if job.status != "done" or job.dataset_id is None:
        show_error(WinnowError(job.error or stored(f"The load was {job.status}."), "Nothing of it was kept."))
        return None
    return job.dataset_id


def _is_over(job: Job) -> bool:
    """A finished process is not yet a dataset: the store still has to take its output in."""
    return job.status in ENDED and (job.status != "done" or job.dataset_id is not None or job.collected)


def _open(dataset: Dataset) -> None:
    said = later("{dataset}: {rows:,} rows loaded, {aside:,} set aside.") if dataset.rejected_count else _ALL_LOADED
    counts = {"rows": dataset.row_count, "aside": dataset.rejected_count}
    st.toast(say(said, dataset=plain(dataset.name), **counts), icon=":material/check:")
    st.session_state.pop(keys.LAST_VERSION, None)
    st.query_params.from_dict({keys.DATASET: dataset.name, "view": "rejected" if dataset.rejected_count else "rows"})
    st.rerun()


def _looked_at(context: Context, job_id: str) -> tuple[object, object]:
    job = context.queue.get(job_id)
    return (_is_over(job), job.status), _speed(job)


def _progress(context: Context, job_id: str) -> None:
    job = context.queue.get(job_id)
    if _is_over(job):
        st.rerun()
    with st.container(border=True):
        st.markdown(f":material/progress_activity: **{plain(say_stored(job.title))}**")
        st.progress(job.progress.fraction or 0.0)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_speed(job), width="content")
            st.space("stretch")
            if st.button(say("Stop"), key="load-stop", icon=":material/stop:", disabled=job.status == "stopping"):
                context.queue.stop(job_id)


def _speed(job: Job) -> str:
    if job.progress.done <= 0 or job.started_at is None:
        return state_said(job.status)
    seconds = max(0.001, (datetime.now(UTC) - job.started_at).total_seconds())
    unit = say_stored(job.progress.message or "rows")
    parts = [f"{job.progress.done:,.0f} {unit}", f"{job.progress.done / seconds:,.0f} {unit}/s"]
    if job.progress.seconds_left is not None:
        parts.append(say("{time} left", time=duration(job.progress.seconds_left)))
    return " · ".join(parts)
