"""The one open workspace of this process. Opens it once; must not know what a page does with it."""

from __future__ import annotations

import streamlit as st

from core.settings import workspace
from core.workflow.collect import start_collector
from core.workflow.context import Context, open_context


def app_context() -> Context:
    """The workspace at `$WINNOW_WORKSPACE` (else `./workspace`), opened on the first call and collecting from its jobs.

    Raises `WorkspaceLockedError` when another process has it open; the next call tries again.
    """
    return _opened(str(workspace().root))


def close_contexts() -> None:
    """Closes what `app_context` opened: at shutdown, and between tests."""
    _opened.clear()  # type: ignore[attr-defined]


@st.cache_resource(show_spinner=False, on_release=lambda context: context.close())
def _opened(root: str) -> Context:
    context = open_context(workspace(root))
    start_collector(context)
    return context
