"""The samples as buttons: which ones are left, and the load of one at a click."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.services.load import LOADS, Sample, load_sample, samples
from core.store.datasets import list_datasets
from core.ui import keys
from core.ui.parts.problems import shown_errors
from core.words import say


def missing_samples(context: Context) -> list[Sample]:
    """The samples that this workspace neither has nor is loading."""
    taken = {dataset.name for dataset in list_datasets(context.store)}
    queue = context.queue
    coming = (job for job in (*queue.active(), *queue.uncollected()) if job.kind in LOADS)
    taken |= {job.title.removeprefix("Load ") for job in coming}
    return [sample for sample in samples() if sample.name not in taken]


def sample_button(context: Context, user: str, sample: Sample, label: str) -> None:
    """Loads it, and has this session follow the load."""
    rows = say("{n:,} rows.", n=sample.rows)
    said = " ".join(filter(None, (rows, say(sample.about), sample.licence)))
    if st.button(label, key=f"sample-{sample.name}", help=said):
        with shown_errors():
            st.session_state[keys.LOAD_JOB] = load_sample(context, sample.name, user).job_id
            st.rerun()
