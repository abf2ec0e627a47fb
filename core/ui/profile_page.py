"""The Profile page from top to bottom: which view is open, and that view."""

from __future__ import annotations

import streamlit as st

from core.ui import profile_balance, profile_bias, profile_checks, profile_content
from core.ui.frame import Frame
from core.ui.url import from_url, to_url

VIEW = "view"
VIEWS = {
    "balance": ("Balance", profile_balance.draw),
    "content": ("Content", profile_content.draw),
    "checks": ("Duplicates and gaps", profile_checks.draw),
    "bias": ("Bias", profile_bias.draw),
}


def draw(frame: Frame) -> None:
    """Draws the view that the URL's `?view=` names; only that one is worked out."""
    from_url(VIEW, list(VIEWS), fixed=True)
    view = st.segmented_control(
        "View",
        list(VIEWS),
        format_func=lambda name: VIEWS[name][0],
        key=VIEW,
        on_change=to_url,
        args=(VIEW,),
        required=True,
        label_visibility="collapsed",
    )
    VIEWS[str(view)][1](frame)
