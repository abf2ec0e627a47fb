"""What every request meets before Streamlit does: who asks, from which page, and under which name.

A page that is drawn is guarded by `core.ui.shell.guard`; the socket, uploads and files are asked for beside the pages.
"""

from __future__ import annotations

import json

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks, is_host_allowed

from core.ui.shell.guard import NEXT_STEP, REFUSED, let_in, sign_in_set_up
from core.ui.shell.health import PATH as HEALTH
from core.ui.shell.language import of_request
from core.ui.shell.token import met
from core.ui.shell.uploads import UPLOADS, Uploads
from core.words import say, speaking

SAFE = ("GET", "HEAD", "OPTIONS")
_FOR_EVERYBODY = (HEALTH, "/static/")
"""Whether the server is well, and Streamlit's own files, of which a page takes dozens."""
_FOR_THE_SIGNED_IN = (
    *(UPLOADS, "/_stcore/metrics", "/_stcore/agent/", "/media/", "/sound/", "/download/", "/pulse/", "/places"),
    "/map/",
)
"""Beside the pages, which ask for the sign-in themselves."""


class Door:
    """Refuses what comes under another name, from another page or from a visitor who may not; Streamlit would look its
    own outside address up at a public site for every page that it does not know."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._uploads = Uploads(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = HTTPConnection(scope) if scope["type"] in ("http", "websocket") else None
        if asked is None or _path(asked).startswith(_FOR_EVERYBODY):
            await self.app(scope, receive, send)
            return
        with speaking(of_request(asked)):
            why = _refusal(asked)
            answer = None if why else met(asked)
        if why:
            await _refuse(scope, receive, send, PlainTextResponse(why, 403))
        elif answer:
            await _refuse(scope, receive, send, answer)
        elif _path(asked).startswith(UPLOADS):
            await self._uploads(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _refusal(asked: HTTPConnection) -> str:
    """Why the request is not answered, with the next step; empty where it is."""
    if not is_host_allowed(asked.headers.get("host")):
        return say(
            "Winnow does not go by this name. Next step: open it as http://localhost with its port, or start it with "
            "`--server.allowedHosts` and the name."
        )
    if not _own_page(asked):
        return say("Only Winnow's own pages may ask for this. Next step: open the address in the browser itself.")
    if not sign_in_set_up():
        client = asked.client.host if asked.client else None
        return "" if let_in(client, asked.headers) else f"{say(REFUSED)} {say(NEXT_STEP)}"
    if _path(asked).startswith(_FOR_THE_SIGNED_IN) and not _signed_in(asked):
        return say("Sign in first. Next step: open the start page.")
    return ""


def _own_page(asked: HTTPConnection) -> bool:
    """Whether a request that opens the socket or changes something comes from a page of the very host that it asks.
    Programs name no page; browsers always do."""
    if asked.scope["type"] == "http" and asked.scope["method"] in SAFE:
        return True
    origin = asked.headers.get("origin")
    if origin is None:
        return asked.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return origin.partition("://")[2] == asked.headers.get("host")


def _signed_in(asked: HTTPConnection) -> bool:
    """Whether the request carries the cookie that Streamlit signs at a sign-in."""
    said = _get_signed_cookie_with_chunks(asked.cookies, AUTH_COOKIE_NAME)
    return said is not None and json.loads(said).get("is_logged_in") is True


def _path(asked: HTTPConnection) -> str:
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    path = str(asked.scope["path"])
    return path.removeprefix(f"/{base}") if base else path


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
    else:
        await answer(scope, receive, send)
