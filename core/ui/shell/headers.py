"""Security headers on every answer of the server."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_LINE = "sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="  # Streamlit's own: window.prerenderReady = false
POLICY = (
    f"default-src 'self'; script-src 'self' blob: '{INLINE_LINE}'; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self' ws://HOST wss://HOST; "
    "worker-src 'self' blob:; frame-ancestors 'none'; form-action 'self'; object-src 'none'"
)


class SecurityHeaders:
    """Sets the content security policy and its companions on every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope.get("headers") or []).get(b"host", b"").decode("latin-1").split(";")[0]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY.replace("HOST", host)
                headers.update({"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"})
                headers["Referrer-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, send_with_headers)
