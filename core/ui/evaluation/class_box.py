"""The same choice of a class as a click on a cell, from the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.ui.url import put


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
    put({**dict.fromkeys(clears), key: st.session_state[state]})
