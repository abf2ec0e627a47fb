"""A page that works something out beside: run, as its own refreshing would, until it shows that."""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest


def said(shown: AppTest) -> str:
    """What the page says in words."""
    return "\n".join(one.value for one in (*shown.markdown, *shown.text, *shown.caption, *shown.error, *shown.warning))


def until(shown: AppTest, wanted: Callable[[AppTest], bool]) -> AppTest:
    """The page once it is as it is wanted."""
    for _ in range(100):
        assert not shown.exception, shown.exception[0].stack_trace
        if wanted(shown):
            return shown
        time.sleep(0.05)
        shown.run()
    raise AssertionError(said(shown))
