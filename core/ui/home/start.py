"""Ways to start: the samples, one click away, and one's own data. On Home and where data is loaded."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.services.load import LOADS, Sample, load_sample, samples
from core.store.datasets import list_datasets
from core.tasks import task_named
from core.ui import keys
from core.ui.parts.problems import shown_errors
from core.ui.shell.pages import open_link

OWN_DATA = "CSV, TSV, JSON, Parquet, Arrow, Excel, a hub dataset, or images in class folders"


def start_cards(context: Context, user: str, left: Sequence[Sample]) -> None:
    """For an empty workspace: what it is for, and three ways to begin."""
    st.markdown("Find the wrong labels in a dataset, fix them with the keyboard, keep every version.")
    with st.grid(3, min_column_width=260, gap="small"):
        with st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(":material/upload: **Your own data**")
            st.caption(OWN_DATA)
            st.space("stretch")
            open_link("data", "Load data", key="start-own", type="primary", view="load")
        for sample in left:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f":material/{task_named(sample.task).modality.icon}: **{sample.title}**")
                st.caption(f"Sample · {sample.rows:,} rows · {sample.licence}")
                st.space("stretch")
                _button(context, user, sample, "Load sample")


def start_row(context: Context, user: str, left: Sequence[Sample]) -> None:
    """The same in one line, above datasets that are there."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="start-row"):
        open_link("data", "Load data", key="start-own", type="primary", icon=":material/add:", view="load")
        for sample in left:
            _button(context, user, sample, f"Sample: {sample.title}")


def sample_row(context: Context, user: str, left: Sequence[Sample]) -> None:
    """The samples alone."""
    with st.container(horizontal=True):
        for sample in left:
            _button(context, user, sample, f"Load {sample.title}")
    if not left:
        st.caption("Both samples are in this workspace.")


def missing_samples(context: Context) -> list[Sample]:
    """The samples that this workspace neither has nor is loading."""
    taken = {dataset.name for dataset in list_datasets(context.store)}
    queue = context.queue
    coming = (job for job in (*queue.active(), *queue.uncollected()) if job.kind in LOADS)
    taken |= {job.title.removeprefix("Load ") for job in coming}
    return [sample for sample in samples() if sample.name not in taken]


def _button(context: Context, user: str, sample: Sample, label: str) -> None:
    if st.button(label, key=f"sample-{sample.name}", help=f"{sample.rows:,} rows. {sample.licence}"):
        with shown_errors():
            st.session_state[keys.LOAD_JOB] = load_sample(context, sample.name, user).job_id
            st.rerun()
