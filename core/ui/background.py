"""Work that a page asks for and that may take longer than a rerun: done once, off the script thread, whoever waits.

Only for what a page can ask for again, such as a preview or a file. Anything that must outlive the process is a job.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")

PATIENCE_SECONDS = 0.15
"""Most work is over by then, and drawn at once."""
POLL_SECONDS = 0.3
MAX_KEPT = 32
"""Answers kept for the next rerun, oldest dropped first."""


class Room:
    """The answers of this process by their key."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="background")
        self._kept: dict[Hashable, Future[Any]] = {}
        self._lock = Lock()

    def ask(self, key: Hashable, work: Callable[[], T]) -> Future[T]:
        """The answer under that key; starts the work where nobody has asked yet."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._pool.submit(work)
                for old in list(self._kept)[:-MAX_KEPT]:
                    self._kept.pop(old).cancel()
            return self._kept[key]

    def forget(self, key: Hashable) -> None:
        """So that the next one who asks has it done anew."""
        with self._lock:
            self._kept.pop(key, None)


def result_of(key: Hashable, work: Callable[[], T], *, waiting: str) -> T | None:
    """The work's result, or None while it goes on: then `waiting` says so and the page is drawn again at its end.

    Raises what the work raised, once: asking again starts it again.
    """
    future = room().ask(key, work)
    try:
        return future.result(timeout=PATIENCE_SECONDS)
    except Exception:
        if not future.done():
            _wait(future, waiting)
            return None
        room().forget(key)
        raise


@st.cache_resource(show_spinner=False)
def room() -> Room:
    """The one of this process."""
    return Room()


@st.fragment(run_every=POLL_SECONDS)
def _wait(future: Future[Any], waiting: str) -> None:
    if future.done():
        st.rerun()
    st.caption(f":material/progress_activity: {waiting}")
