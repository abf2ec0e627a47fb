"""Files that a browser saves straight from the disk, of any size: Streamlit's own downloads are held in memory whole.

A page offers a file and gets an address that nobody can guess; the file is made when the address is opened, and gone
once it is sent. The address holds as long as the workspace is open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import anyio
import streamlit as st
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.context import Context
from core.errors import WinnowError
from core.words import say

Make = Callable[[Path], Path]
"""Writes the file into an empty folder, or names one that is there already. Runs off the script thread."""

KEPT = 1_000


@dataclass(frozen=True, slots=True)
class _Offer:
    name: str
    make: Make
    uploads: Path


class _Offers:
    """The files that the pages of a workspace offer. Safe to share between threads."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._offers: OrderedDict[str, _Offer] = OrderedDict()

    def add(self, one: _Offer, key: Sequence[str]) -> str:
        """Its token; the same for the same key."""
        token = hmac.new(self._secret, "\0".join(key).encode(), hashlib.sha256).hexdigest()
        with self._lock:
            self._offers[token] = one
            self._offers.move_to_end(token)
            while len(self._offers) > KEPT:
                self._offers.popitem(last=False)
        return token

    def get(self, token: str) -> _Offer | None:
        with self._lock:
            return self._offers.get(token)


def offer(context: Context, name: str, make: Make, *key: str) -> str:
    """The address of a file called `name`; the same for the same key."""
    token = _offers(context).add(_Offer(name, make, context.workspace.uploads), key)
    return f"{st.get_option('server.baseUrlPath').rstrip('/')}/download/{token}"


def download_link(
    context: Context,
    label: str,
    name: str,
    make: Make,
    *key: str,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",  # noqa: A002
) -> None:
    """A button that saves the file."""
    address = offer(context, name, make, *key)
    named = hashlib.sha256("\0".join(key).encode()).hexdigest()[:16]  # what is filtered is nobody's to read in a page
    st.link_button(label, address, icon=":material/download:", type=type, key=f"download-{named}")


async def download(request: Request) -> Response:
    """Makes the file and sends it from the disk."""
    found = await anyio.to_thread.run_sync(_offered, request.path_params["token"])
    if found is None:
        return PlainTextResponse(say("This link is from before the server's start. Reload the page it is on."), 404)
    folder = Path(tempfile.mkdtemp(dir=found.uploads))
    try:
        path = await anyio.to_thread.run_sync(found.make, folder)
    except WinnowError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return PlainTextResponse(str(error), 409)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # Named as encoded already, so that nothing on the way spends seconds on packing it.
    packed = {"Content-Encoding": "identity", "Cache-Control": "no-store"}
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, filename=found.name, headers=packed, background=gone)


def _offers(context: Context) -> _Offers:
    return context.beside.kept("downloads", _Offers)


def _offered(token: str) -> _Offer | None:
    """What the open workspace offers there; nothing where it cannot be opened."""
    from core.ui.shell.context import app_context  # the server starts before the first workspace is opened

    try:
        return _offers(app_context()).get(token)
    except WinnowError:
        return None


ROUTE = Route("/download/{token}", download)
