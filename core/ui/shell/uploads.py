"""Uploads into the server's memory: each browser into its own sessions, each session and all together within bounds."""

from __future__ import annotations

from collections import Counter

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from core.ui.shell.language import of_request
from core.words import later, say, speaking

UPLOADS = "/_stcore/upload_file/"
SESSIONS = 4
"""As many sessions' uploads fit in memory at once as their bound is for one: `server.maxUploadSize`."""
_FRAME_BYTES = 1024**2
"""What a form adds to the file in it, at most."""
_TOO_MUCH = later("Too much is uploaded already. Next step: load a larger file from a path on the server.")


class Uploads:
    """Lets an upload, or its deletion, through to Streamlit where it is the visitor's own and fits."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._arriving: Counter[str] = Counter()
        """Session → bytes that are on their way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with speaking(of_request(Request(scope))):
            await self._asked(scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        session = scope["path"].partition(UPLOADS)[2].split("/")[0]
        size = _size(request)
        if request.method in ("PUT", "DELETE") and not _own(session, request):
            await PlainTextResponse(say("This session is not yours."), 403)(scope, receive, send)
        elif size is None:
            await PlainTextResponse(say("An upload says first how long it is."), 411)(scope, receive, send)
        elif not self._fits(session, size):
            await PlainTextResponse(say(_TOO_MUCH), 413)(scope, receive, send)
        else:
            await self._pass_on(session, size, scope, receive, send)

    async def _pass_on(self, session: str, size: int, scope: Scope, receive: Receive, send: Send) -> None:
        self._arriving[session] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._arriving[session] -= size
            if not self._arriving[session]:
                del self._arriving[session]

    def _fits(self, session: str, size: int) -> bool:
        """Whether what the session has, and what all have, stays within bounds with so many bytes more."""
        most = int(st.get_option("server.maxUploadSize")) * 1024**2 + _FRAME_BYTES
        held = _held(get_instance()) + self._arriving
        return size == 0 or (held[session] + size <= most and held.total() + size <= SESSIONS * most)


def _size(request: Request) -> int | None:
    """Bytes of the body: None where a body is on its way whose length nobody has said."""
    if "transfer-encoding" in request.headers:  # whose length the other header need not tell
        return None
    said = request.headers.get("content-length", "")
    if said.isdecimal():
        return int(said)
    return None if request.method == "PUT" else 0


def _held(runtime: Runtime) -> Counter[str]:
    """Session → bytes of its uploads."""
    manager = runtime.uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    storage = dict(manager.file_storage)
    return Counter({session: sum(len(file.data) for file in [*files.values()]) for session, files in storage.items()})


def _own(session: str, request: Request) -> bool:
    """Whether the session was opened by the browser that asks: both have the token of the same cookie."""
    client = get_instance().get_client(session)
    opened_by = client.client_context if client else None
    if opened_by is None:
        return False
    mine, its = (
        decode_xsrf_token_string(each.get(XSRF_COOKIE_NAME, "")) for each in (request.cookies, opened_by.cookies)
    )
    return mine[0] is not None and mine[0] == its[0]
