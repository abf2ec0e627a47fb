"""The one open workspace of this process. Opens it once; must not know what a page does with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.reading.ask import readers
from core.services.collect import Collector, start_collector
from core.services.context import open_context
from core.services.upkeep.daily import start_daily
from core.services.webhook import asked_for, start_webhook
from core.settings import workspace


def app_context() -> Context:
    """The workspace at `$WINNOW_WORKSPACE` (else `./workspace`), opened on the first call and collecting from its jobs.

    Raises `WorkspaceLockedError` when another process has it open; the next call tries again.
    """
    return _opened(str(workspace().root)).context


def when_opened(start: Callable[[Context], object]) -> None:
    """Has `start` called with each workspace that `app_context` opens."""
    if start not in _START:
        _START.append(start)


def store_answers() -> bool:
    """Whether the store of the open workspace answers; a workspace that cannot be opened is named on the pages."""
    try:
        return app_context().store.healthy
    except WinnowError:
        return True


def close_contexts() -> None:
    """Closes what `app_context` opened: at shutdown, and between tests."""
    _opened.clear()


@dataclass(frozen=True, slots=True)
class _Opened:
    context: Context
    collector: Collector

    def close(self) -> None:
        self.collector.stop()
        self.context.close()


_START: list[Callable[[Context], object]] = []


@st.cache_resource(show_spinner=False, on_release=_Opened.close)
def _opened(root: str) -> _Opened:
    address = asked_for()
    context = open_context(workspace(root))
    readers(context.beside).warm()
    start_daily(context)
    start_webhook(context, address)
    opened = _Opened(context, start_collector(context))
    for start in _START:
        start(context)
    return opened
