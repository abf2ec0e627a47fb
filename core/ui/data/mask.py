"""Data, view Export: a dataset of the version's rows with personal data masked, after a look at what that does."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, Version
from core.services.privacy.masking import can_mask_as_dataset
from core.tasks import task_named
from core.ui.lists.acts.mask_all import masking
from core.ui.parts.told.provenance import provenance
from core.words import say


def mask_form(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """How personal data is masked, what that does to the first rows, and the button that makes the dataset. Nothing
    where examples are no texts."""
    if can_mask_as_dataset(task_named(dataset.task)):
        with st.container(border=True, key="mask-form"):
            st.markdown(f"**{say('Mask personal data: a dataset without it')}**")
            provenance(context, dataset, "data")
            masking(context, dataset, version, user, "mask")
