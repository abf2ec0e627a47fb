"""What a page shows when it has nothing to show: what is missing and what to do next."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.ui.shell.pages import link


def empty_state(title: str, text: str, *, icon: str = "inbox", action: Callable[[], None] | None = None) -> None:
    """A centred notice. `action` draws the button or link that is the next step."""
    with st.container(horizontal_alignment="center", gap="xsmall", key=f"empty-{icon}"):
        st.space("medium")
        st.markdown(f":gray[:material/{icon}:]", width="content")
        st.markdown(f"**{title}**", width="content")
        st.caption(text, width="content", text_alignment="center")
        if action is not None:
            action()
        st.space("medium")


def no_dataset() -> None:
    """The workspace is empty."""
    empty_state(
        "No dataset yet",
        "Load your own files, or start with a sample: it takes a few seconds.",
        icon="database",
        action=lambda: link("data", "Load a dataset", icon=":material/upload:"),
    )
