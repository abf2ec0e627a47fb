"""Edit and run again: the form of a new run with everything that an earlier one was asked for filled in."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.context import Context
from core.finetune.settings import SETTINGS
from core.records import Dataset, Run
from core.services.runs.listing import spec_of
from core.store.versions import get_version
from core.tasks import task_named
from core.ui import keys
from core.words import say


def edit_button(context: Context, dataset: Dataset, run: Run, *, primary: bool) -> None:
    """Opens the form with the settings of the run, on the version that it was of."""
    st.button(
        say("Edit and run again"),
        key="run-edit",
        icon=":material/edit:",
        type="primary" if primary else "secondary",
        help=say("Opens the form with every setting of this run filled in."),
        on_click=partial(_fill, context, dataset, run),
    )


def _fill(context: Context, dataset: Dataset, run: Run) -> None:
    spec, modality = spec_of(run), task_named(dataset.task).modality
    for setting in SETTINGS:
        value = getattr(spec, setting.name)
        if setting.name not in ("model", "strategy") and spec.strategy in setting.strategies and value is not None:
            st.session_state[f"train-{setting.name}"] = value
    st.session_state[f"train-model-{modality.name}"] = spec.model
    st.session_state["train-strategy"] = spec.strategy
    number = get_version(context.store, run.version_id).number
    st.query_params.from_dict({keys.DATASET: dataset.name, keys.VERSION: str(number), keys.VIEW: "new"})
