"""The server of Winnow, for `streamlit run app.py`: adds security headers, opens the workspace, draws nothing."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import streamlit as st
from starlette.middleware import Middleware

from core.errors import WinnowError
from core.ui.parts.downloads import ROUTE
from core.ui.parts.problems import caught
from core.ui.shell.announce import announce
from core.ui.shell.door import Door
from core.ui.shell.headers import SecurityHeaders
from core.ui.shell.health import StoreHealth


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Opens the workspace before the first visitor; a workspace that is taken is named on the page, not here."""
    from core.ui.shell.context import app_context, close_contexts

    try:
        await anyio.to_thread.run_sync(app_context)
    except WinnowError as error:
        logging.getLogger("winnow").warning("%s", error)
    announce()
    yield
    await anyio.to_thread.run_sync(close_contexts)


SHELL = Path(__file__).parent / "core" / "ui" / "shell" / "script.py"
LAYERS = [Middleware(SecurityHeaders), Middleware(Door), Middleware(StoreHealth)]
app = st.App(SHELL, lifespan=lifespan, routes=[ROUTE], middleware=LAYERS, on_script_error=caught)
