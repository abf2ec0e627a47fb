"""The switch that puts a model's answers out of sight, and what is said where they are in it."""

from __future__ import annotations

import streamlit as st

from core.services.review.blind import FLATTERS
from core.ui import keys
from core.ui.url import switch_from_url, switch_to_url
from core.words import later, say

ABOUT = later(
    "Rows of test and validation come in random order, without suggestion, score and reason. What you say of them is "
    "then evidence of its own, and no model's next score gains from its own answers."
)


def blind_switch(offered: bool) -> bool:
    """Whether test rows are judged blind; on at first, and nowhere to be seen where there are no such rows."""
    if not offered:
        return False
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-blind"):
        switch_from_url(keys.BLIND, usual=True)
        blind = st.toggle(
            say("Judge test rows blind"),
            key=keys.BLIND,
            on_change=switch_to_url,
            args=(keys.BLIND, True),
            help=say(ABOUT),
        )
        if not blind:
            st.caption(f":material/warning: {say(FLATTERS)}", width="content")
    return blind
