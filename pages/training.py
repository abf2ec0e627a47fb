"""Train: fine-tune a model on a version, watch it, measure whether cleaning helped, and use what came of it."""

from __future__ import annotations

import streamlit as st

from core.ui.frame import open_page
from core.ui.problems import shown_errors
from core.ui.training_effect import effect_view
from core.ui.training_new import new_view
from core.ui.training_runs import runs_view
from core.ui.training_use import use_view
from core.ui.url import from_url, to_url

VIEWS = {
    "runs": ("Runs", runs_view),
    "new": ("New run", new_view),
    "effect": ("Did cleaning help?", effect_view),
    "use": ("Use the model", use_view),
}

frame = open_page("Train")
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
