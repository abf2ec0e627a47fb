"""Data: load a dataset, look at its rows, split, export, rename and delete it."""

from __future__ import annotations

import streamlit as st

from core.ui.data_export import export_view
from core.ui.data_load import load_view
from core.ui.data_manage import manage_view, trash_view
from core.ui.data_rejected import rejected_view
from core.ui.data_rows import rows_view
from core.ui.data_splits import splits_view
from core.ui.frame import BareFrame, open_page
from core.ui.problems import shown_errors
from core.ui.url import from_url, to_url

VIEWS = {
    "rows": ("Rows", rows_view),
    "load": ("Load data", load_view),
    "splits": ("Splits", splits_view),
    "rejected": ("Set aside", rejected_view),
    "export": ("Export", export_view),
    "manage": ("Rename, delete", manage_view),
}


def first_load(bare: BareFrame) -> None:
    """An empty workspace: nothing to look at, so the page is about loading."""
    with shown_errors():
        load_view(bare)
        trash_view(bare)


frame = open_page("Data", when_empty=first_load)
from_url("view", list(VIEWS), fixed=True)
st.segmented_control(
    "View",
    list(VIEWS),
    key="view",
    required=True,
    format_func=lambda name: VIEWS[name][0],
    label_visibility="collapsed",
    on_change=to_url,
    args=("view",),
)
with shown_errors():
    VIEWS[st.session_state["view"]][1](frame)
