"""The server's health check says what the pages would: that of Streamlit knows nothing of the store."""

from __future__ import annotations

import anyio
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/_stcore/health"
_SAID = b"the store does not answer; it is being opened again"


class StoreHealth:
    """Answers the health check with 503 while the store does not answer; leaves every other request alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from core.ui.shell.context import store_answers

        asked = scope["type"] == "http" and scope["path"].endswith(PATH)
        if not asked or await anyio.to_thread.run_sync(store_answers):
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 503, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": _SAID})
