"""The browser's tab as the holder of rows: one reviewer's two tabs are two, and a closed one holds nothing on."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

from core.context import Context
from core.services.review.queue import leave, session_name
from core.ui import keys

logger = logging.getLogger("winnow")


def tab(context: Context, reviewer: str) -> str:
    """This tab's id: the same on every rerun, and after a lost connection."""
    name = str(st.session_state.setdefault(keys.TAB, uuid4().hex))
    _open(context, session_name(reviewer, name))
    return name


@dataclass(frozen=True, slots=True)
class _Tab:
    context: Context
    name: str

    def close(self) -> None:
        """Called on the server's own thread when the tab is closed or reloaded: nothing there may wait for a write."""
        threading.Thread(target=self._leave, name=f"leave-{self.name}", daemon=True).start()

    def _leave(self) -> None:
        try:
            leave(self.context, self.name)
        except Exception:
            logger.debug("what the closed tab %s holds runs out by itself", self.name, exc_info=True)


@st.cache_resource(show_spinner=False, scope="session", on_release=_Tab.close)
def _open(_context: Context, name: str) -> _Tab:
    """Held as long as the browser is connected."""
    return _Tab(_context, name)
