"""Answers that may take a while: their progress instead, and the page drawn again at their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.beside.answers import Pending
from core.ui.parts.problems import plain
from core.words import say_stored

T = TypeVar("T")

POLL_SECONDS = 0.4


def settled(ask: Callable[[], T | Pending]) -> T | None:
    """The answer, or None while it is worked out: then its progress is shown and the page drawn again at its end."""
    answer = ask()
    if not isinstance(answer, Pending):
        return answer
    _wait(ask)
    return None


@st.fragment(run_every=POLL_SECONDS)
def _wait(ask: Callable[[], Any]) -> None:
    answer = ask()
    if not isinstance(answer, Pending):
        st.rerun()
    st.progress(answer.progress.fraction or 0.0, f"{plain(say_stored(answer.what))} …")
