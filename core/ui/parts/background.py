"""Work that a page asks for and that may take longer than a rerun: done once, off the script thread, whoever waits.

Only for what a page can ask for again, such as a preview or a file. Anything that must outlive the process is a job.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from core.beside.answers import Answers, Pending
from core.context import Context
from core.ui.live import live
from core.words import say_stored

T = TypeVar("T")

THREADS = 4
"""So that one slow hub, or three, hold up nobody else's upload."""


def result_of(context: Context, key: Hashable, work: Callable[[], T], *, waiting: str) -> T | None:
    """The work's result, or None while it goes on: then `waiting` says so and the page is drawn again at its end.

    Raises what the work raised, once: asking again starts it again.
    """
    answer = answers(context).ask(key, waiting, lambda report: work())
    if not isinstance(answer, Pending):
        return answer
    name = f"{hash(key):x}"
    live(context, lambda: _wait(context, key, waiting), lambda: (answers(context).ready(key), None), key=name)
    return None


def this_minute() -> int:
    """What is estimated is estimated anew after a minute: embeddings come and go, and paces are learnt."""
    return int(time.time() // 60)


def forget(context: Context, key: Hashable) -> None:
    """So that the next one who asks has it done anew."""
    answers(context).forget(key)


def answers(context: Context) -> Answers:
    """Apart from the profile's, so that a slow hub never holds a chart up."""
    return context.beside.answers("pages", THREADS)


def _wait(context: Context, key: Hashable, waiting: str) -> None:
    if answers(context).ready(key):
        st.rerun()
    st.caption(f":material/progress_activity: {say_stored(waiting)}")
