"""Sounds as browsers play them: straight from the media folder, in parts as a player asks for them."""

from __future__ import annotations

import anyio
import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.errors import WinnowError
from core.services.media import mime_of, place_of

PLACE = "/sound"
DAY = 86_400


def address(media_id: str) -> str:
    """Where a browser finds the sound."""
    return f"{st.get_option('server.baseUrlPath').rstrip('/')}{PLACE}/{media_id}"


async def sound(request: Request) -> Response:
    """Sends a sound. What names none of this workspace is not found."""
    media_id = "{folder}/{name}".format(**request.path_params)
    found = await anyio.to_thread.run_sync(_found, media_id)
    if isinstance(found, str):
        return PlainTextResponse(found, 404)
    # An address says what it holds by its content: it never changes.
    kept = {"Content-Encoding": "identity", "Cache-Control": f"private, max-age={DAY}, immutable"}
    return FileResponse(found[0], media_type=found[1], headers=kept)


def _found(media_id: str) -> tuple[str, str] | str:
    from core.ui.shell.context import app_context  # the server starts before the first workspace is opened

    try:
        path, mime = place_of(app_context(), media_id), mime_of(media_id)
    except WinnowError as error:
        return str(error)
    return (str(path), mime) if path.is_file() else f"The sound {media_id} is missing."


ROUTE = Route(f"{PLACE}/{{folder}}/{{name}}", sound)
