"""The same choice of a class as a click on a cell, from the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def class_box(title: str, key: str, chosen: str | None, classes: Sequence[str], clears: Sequence[str] = ()) -> None:
    """Keeps the class in the address under `key`; a choice takes the keys of `clears` out of it."""
    state = f"evaluation-{key}"
    st.session_state[state] = chosen
    st.selectbox(
        title,
        classes,
        index=None,
        key=state,
        placeholder=title,
        label_visibility="collapsed",
        on_change=_changed,
        args=(state, key, clears),
        width=180,
    )


def _changed(state: str, key: str, clears: Sequence[str]) -> None:
    for other in clears:
        st.query_params.pop(other, None)
    value = st.session_state[state]
    if value is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value
