"""By what the browser of whoever started the server is known, where nobody signs in: any account on a machine reaches
the same address. Where the system tells that the browser runs under the same account, that is enough; else the link
that is written at the start brings a token as `?token=`, and a cookie keeps it."""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from functools import cache
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.errors import WinnowError
from core.files import whole
from core.settings import workspace
from core.ui.shell.account import is_own
from core.ui.shell.guard import i_know, sign_in_set_up
from core.words import language, say

FIELD = "token"
_DAYS = 30
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Winnow</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body {{ font: 1.05rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem }}
input, button {{ font: inherit; padding: .4rem .7rem }}</style>
<h1>Winnow</h1>
<p>{unknown}</p>
<p>{next}</p>
<form><label>{word} <input name="token" type="password" autocomplete="off" required></label>
<button>{open}</button></form>
<p>{elsewhere}</p>
</html>"""


def token() -> str:
    """The word that a browser has to know; empty where none has to. `$WINNOW_TOKEN`, else the workspace's own: made
    once, so that an open page finds its server again after a restart, and readable by nobody else."""
    if sign_in_set_up() or i_know():
        return ""
    named = os.environ.get("WINNOW_TOKEN")
    return _kept() if named is None else named


def met(asked: HTTPConnection) -> Response | None:
    """The answer to a browser that comes by the link, which is the cookie and the way to the page, and to one that is
    not known; None for one that is, or need not be."""
    wanted = token()
    if wanted and _same(asked.query_params.get(FIELD, ""), wanted):
        return _introduced(asked)
    if not wanted or _same(asked.cookies.get(_cookie(asked), ""), wanted) or _of_this_account(asked):
        return None
    return HTMLResponse(_unknown(), 403)


def _unknown() -> str:
    """The page for a browser that is not known, in the language that it asks for."""
    return _PAGE.format(
        language={"zh": "zh-CN"}.get(language(), language()),
        unknown=say("This browser is not known here: it runs under another account than Winnow, or nobody can tell."),
        next=say(
            "Next step: open the link that Winnow wrote where it was started. It ends in <code>?token=</code> and a "
            "word, and is needed once."
        ),
        word=say("The word:"),
        open=say("Open"),
        elsewhere=say('If you came by a link on another page, <a href="">go on from here</a>.'),
    )


def _introduced(asked: HTTPConnection) -> Response:
    others = urlencode([pair for pair in parse_qsl(asked.url.query, keep_blank_values=True) if pair[0] != FIELD])
    place = "/" + asked.url.path.lstrip("/")
    answer = RedirectResponse(f"{place}?{others}" if others else place, 303, {"Cache-Control": "no-store"})
    secure = asked.url.scheme == "https"
    answer.set_cookie(_cookie(asked), token(), max_age=_DAYS * 86_400, httponly=True, samesite="strict", secure=secure)
    return answer


def _of_this_account(asked: HTTPConnection) -> bool:
    return asked.client is not None and is_own((asked.client.host, asked.client.port), asked.scope["server"])


def _cookie(asked: HTTPConnection) -> str:
    """Its name: browsers send the cookies of a host to all of its ports."""
    return f"winnow_token_{asked.scope['server'][1]}"


def _same(said: str, wanted: str) -> bool:
    return hmac.compare_digest(said.encode(), wanted.encode())


def secret() -> str:
    """The workspace's own word, whether or not browsers have to know it: for what only this workspace may make."""
    return _kept()


@cache
def _kept() -> str:
    """The word in the workspace's file, made where there is none; where it cannot be kept, one for this start."""
    word = secrets.token_urlsafe(24)
    with suppress(OSError, WinnowError):
        path = workspace().root / "token"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or not path.stat().st_size:  # an empty one is what a full disk left
            with whole(path) as part:
                part.touch(mode=0o600)
                part.write_text(word)
        return path.read_text().strip() or word
    return word
