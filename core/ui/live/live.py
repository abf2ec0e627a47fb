"""A part of a page that is drawn again when what it shows has changed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import anyio
import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.components.v2.types import ComponentRenderer
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.context import Context
from core.errors import WinnowError
from core.records import ENDED
from core.words import ENGLISH, language, say_stored, speaking
from core.words.script import dictionary, speaking_source

Look = Callable[[], tuple[object, object]]
"""What a part shows, in two: a change of the first is drawn at once (a job has ended), one of the second when it costs
little (its share has grown). Called by any thread, some times a minute; takes some milliseconds at most."""

KEPT = 500
"""Parts, of whatever tabs, that are remembered: those that were drawn or asked for last. What any other shows is drawn
again when its tab is looked at."""
ADDRESS = "/pulse/"
MOST = 64
"""Parts that one tab may ask for at once."""


class _Looks:
    """What the parts of all open pages look at. Safe to share between threads."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._looks: OrderedDict[str, Look] = OrderedDict()

    def add(self, key: str, look: Look) -> str:
        """Its token; the same for the same key of the same session."""
        context = get_script_run_ctx()
        session = context.session_id if context else ""
        token = hmac.new(self._secret, f"{session}\0{key}".encode(), hashlib.sha256).hexdigest()[:32]
        with self._lock:
            self._looks[token] = look
            self._looks.move_to_end(token)
            while len(self._looks) > KEPT:
                self._looks.popitem(last=False)
        return token

    def seen(self, token: str) -> list[str] | None:
        """What there is to see now; None where nothing is known by that token any more."""
        with self._lock:
            look = self._looks.get(token)
            if look is not None:
                self._looks.move_to_end(token)
        return None if look is None else _seen(look)


def live(context: Context, draw: Callable[[], None], look: Look, *, key: str) -> None:
    """Draws now, and again whenever `look` tells something else; `key` names the part on its page."""

    @st.fragment
    def part() -> None:
        seen = _seen(look)  # before it is drawn: what changes meanwhile is drawn once more
        draw()
        token = _looks(context).add(key, look)
        address = f"{st.get_option('server.baseUrlPath').rstrip('/')}{ADDRESS}"
        data = {"token": token, "seen": seen, "address": address, "words": dictionary(_source(), language())}
        with st.container(key=f"live-{key}"):
            _component()(key=f"pulse-{key}", data=data, on_changed_change=lambda: None)

    part()


@st.fragment(run_every=86_400)
def drawn_anew_after_a_restart() -> None:
    """Draws nothing. A browser that finds its server again asks for the whole page, whose parts a server that was
    started again does not know, only where some part is drawn by a timer: this is it, once a day."""


def _seen(look: Look) -> list[str]:
    try:
        with speaking(ENGLISH):  # whoever asks: it is compared, not shown
            return [hashlib.sha256(repr(part).encode()).hexdigest()[:16] for part in look()]
    except Exception as error:  # drawing it says what is wrong
        return [type(error).__name__, ""]


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component("winnow_live", js=speaking_source(_source()))


@cache
def _source() -> str:
    return (Path(__file__).parent / "live.js").read_text(encoding="utf-8")


def _looks(context: Context) -> _Looks:
    return context.beside.kept("looks", _Looks)


async def _pulse(request: Request) -> Response:
    """What the named parts see, and the jobs that have ended since."""
    tokens = request.path_params["tokens"].split(",")[:MOST]
    try:
        since = float(request.query_params.get("since", "nan"))
    except ValueError:
        since = float("nan")
    from core.ui.shell.language import of_request  # the shell's pages have such parts

    with speaking(of_request(request)):
        answer = await anyio.to_thread.run_sync(_answer, tokens, since)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _answer(tokens: list[str], since: float) -> dict[str, object]:
    from core.ui.shell.context import app_context  # the server starts before the first workspace is opened

    now = time.time()
    try:
        context = app_context()
        looks = _looks(context)
        ended = [
            {"title": say_stored(job.title), "status": job.status, "at": job.ended_at.timestamp()}
            for job in (context.queue.ended_since(since) if since == since else ())
            if job.ended_at and job.status in ENDED
        ]
    except WinnowError:
        return {"now": now, "looks": {}, "ended": []}
    return {"now": now, "looks": {token: looks.seen(token) for token in tokens if token}, "ended": ended}


PULSE = Route(ADDRESS + "{tokens}", _pulse)
