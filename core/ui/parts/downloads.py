"""Files that a browser saves straight from the disk, of any size: Streamlit's own downloads are held in memory whole.

A page offers a file and gets an address that nobody can guess; the file is made when the address is opened, and gone
once it is sent. The address holds as long as the server runs.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import anyio
import streamlit as st
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.errors import WinnowError
from core.settings import Workspace

Make = Callable[[Path], Path]
"""Writes the file into an empty folder, or names one that is there already. Runs off the script thread."""

KEPT = 1_000
_SECRET = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class _Offer:
    name: str
    make: Make
    uploads: Path


_offers: OrderedDict[str, _Offer] = OrderedDict()
_lock = threading.Lock()


def offer(workspace: Workspace, name: str, make: Make, *key: str) -> str:
    """The address of a file called `name`; the same for the same key."""
    token = hmac.new(_SECRET, "\0".join((str(workspace.root), *key)).encode(), hashlib.sha256).hexdigest()
    with _lock:
        _offers[token] = _Offer(name, make, workspace.uploads)
        _offers.move_to_end(token)
        while len(_offers) > KEPT:
            _offers.popitem(last=False)
    return f"{st.get_option('server.baseUrlPath').rstrip('/')}/download/{token}"


def download_link(
    workspace: Workspace,
    label: str,
    name: str,
    make: Make,
    *key: str,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",  # noqa: A002
) -> None:
    """A button that saves the file."""
    address = offer(workspace, name, make, *key)
    st.link_button(label, address, icon=":material/download:", type=type, key="-".join(("download", *key)))


async def download(request: Request) -> Response:
    """Makes the file and sends it from the disk."""
    found = _offers.get(request.path_params["token"])
    if found is None:
        return PlainTextResponse("This link is from before the server's start. Reload the page it is on.", 404)
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


ROUTE = Route("/download/{token}", download)
