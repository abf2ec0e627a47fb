"""Answers that may take a while: their progress instead, and the page drawn again at their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.beside.answers import Pending
from core.errors import WinnowError
from core.ui.parts.problems import plain, show_error
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


def drawn_in_dialog(ask: Callable[[], T | Pending], draw: Callable[[T], None]) -> None:
    """Draws the answer, or its progress and then the answer, without a rerun of the page, which would close the dialog.
    An error of the work is shown."""

    def asked() -> T | Pending | WinnowError:
        try:
            return ask()
        except WinnowError as error:
            return error

    def look() -> None:
        answer = asked()
        if isinstance(answer, WinnowError):
            show_error(answer)
        elif isinstance(answer, Pending):
            _progress(answer)
        else:
            draw(answer)

    waits = isinstance(asked(), Pending)
    st.fragment(run_every=POLL_SECONDS if waits else None)(look)()


@st.fragment(run_every=POLL_SECONDS)
def _wait(ask: Callable[[], Any]) -> None:
    answer = ask()
    if not isinstance(answer, Pending):
        st.rerun()
    _progress(answer)


def _progress(pending: Pending) -> None:
    st.progress(pending.progress.fraction or 0.0, f"{plain(say_stored(pending.what))} …")
