"""The server of Winnow, for `streamlit run app.py`: adds security headers, opens the workspace, draws nothing."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import streamlit as st
from starlette.middleware import Middleware

from core.errors import WinnowError
from core.ui.parts.problems import caught
from core.ui.shell.announce import announce
from core.ui.shell.door import Door
from core.ui.shell.headers import SecurityHeaders
from core.ui.shell.health import StoreHealth
from core.ui.shell.pages import import_home
from core.ui.shell.routes import ROUTES

if TYPE_CHECKING:
    from core.context import Context


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Opens the workspace before the first visitor; a workspace that is taken is named on the page, not here."""
    from core.ui.shell.context import app_context, close_contexts, when_opened

    when_opened(_take_commands)
    try:
        await anyio.to_thread.run_sync(app_context)
    except WinnowError as error:
        logging.getLogger("winnow").warning("%s", error)
    announce()
    import_home()
    yield
    await anyio.to_thread.run_sync(close_contexts)


def _take_commands(context: "Context") -> None:
    """Those of other processes; nothing of the commands is imported before the first one."""
    from core.together.server import serve

    serve(context, lambda *asked: import_module("core.commands").answer(*asked))


SHELL = Path(__file__).parent / "core" / "ui" / "shell" / "script.py"
LAYERS = [Middleware(SecurityHeaders), Middleware(Door), Middleware(StoreHealth)]
app = st.App(SHELL, lifespan=lifespan, routes=ROUTES, middleware=LAYERS, on_script_error=caught)
