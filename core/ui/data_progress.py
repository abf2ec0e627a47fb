"""A load as it goes: rows, rows per second, time left, stop; and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.errors import NotFoundError, WinnowError
from core.records import ENDED, Dataset, Job
from core.store.datasets import get_dataset
from core.ui import keys
from core.ui.frame import BareFrame
from core.ui.problems import plain, show_error
from core.ui.strip import duration

POLL_SECONDS = 0.4


def follow_load(frame: BareFrame) -> bool:
    """Draws the load that this session started and opens its dataset at the end; whether it is still going."""
    job_id = st.session_state.get(keys.LOAD_JOB)
    if job_id is None:
        return False
    job = frame.context.queue.get(job_id)
    if job.status not in ENDED or (job.status == "done" and not job.collected):
        st.fragment(run_every=POLL_SECONDS)(_progress)(frame, job_id)
        return True
    del st.session_state[keys.LOAD_JOB]
    if job.status == "done" and job.dataset_id is not None:
        _open(get_dataset(frame.context.store, job.dataset_id))
    show_error(WinnowError(job.error or f"The load was {job.status}.", "Nothing of it was kept."))
    return False


def _open(dataset: Dataset) -> None:
    aside = f", {dataset.rejected_count:,} set aside" if dataset.rejected_count else ""
    st.toast(f"{plain(dataset.name)}: {dataset.row_count:,} rows loaded{aside}.", icon=":material/check:")
    st.session_state.pop(keys.LAST_VERSION, None)
    st.query_params.from_dict({keys.DATASET: dataset.name, "view": "rejected" if dataset.rejected_count else "rows"})
    st.rerun()


def _progress(frame: BareFrame, job_id: str) -> None:
    try:
        job = frame.context.queue.get(job_id)
    except NotFoundError:
        st.rerun()
    if job.status in ENDED and (job.collected or job.status != "done"):
        st.rerun()
    with st.container(border=True):
        st.markdown(f":material/progress_activity: **{plain(job.title)}**")
        st.progress(job.progress.fraction or 0.0)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_speed(job), width="content")
            st.space("stretch")
            if st.button("Stop", key="load-stop", icon=":material/stop:", disabled=job.status == "stopping"):
                frame.context.queue.stop(job_id)


def _speed(job: Job) -> str:
    if job.progress.done <= 0 or job.started_at is None:
        return job.status
    seconds = max(0.001, (datetime.now(UTC) - job.started_at).total_seconds())
    parts = [f"{job.progress.done:,.0f} rows", f"{job.progress.done / seconds:,.0f} rows/s"]
    if job.progress.seconds_left is not None:
        parts.append(f"{duration(job.progress.seconds_left)} left")
    return " · ".join(parts)
