"""Choices that stand in the URL, so that Back, a reload and a copied link show the same thing.

The URL decides and the widget follows it. Streamlit's own binding leaves a default out of the URL and forgets the
value on the way to another page.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def from_url(key: str, options: Sequence[str], last: str | None = None) -> str:
    """What the URL names, else `last`, else the first option; the URL names it from then on.

    Call it right before the widget with that key, and give the widget `on_change=to_url, args=(key,)`.
    """
    wanted = (st.query_params.get(key), last)
    chosen = next((value for value in wanted if value is not None and value in options), options[0])
    if st.query_params.get(key) != chosen:
        st.query_params[key] = chosen
    st.session_state[key] = chosen
    return chosen


def to_url(key: str) -> None:
    """Writes what was just chosen into the URL, before the page is drawn again."""
    st.query_params[key] = st.session_state[key]
