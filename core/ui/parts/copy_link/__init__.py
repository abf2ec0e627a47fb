"""A button that copies a link in one click; where the browser lets no page write to the clipboard, the link is shown,
selected, to be copied by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from core.ui.shell.guard import from_this_machine
from core.words import language, later, say
from core.words.script import dictionary, speaking_source

LOOPBACK = later(
    "This link works on this machine only. To share it, start Winnow with `--server.address` and the machine's own "
    "address, and with a sign-in or `-- --i-know`; or send the report."
)

_FOLDER = Path(__file__).parent


@cache
def _component() -> ComponentRenderer:
    style = (_FOLDER / "copy.css").read_text(encoding="utf-8")
    return st.components.v2.component("winnow_copy_link", js=speaking_source(_source()), css=style)


@cache
def _source() -> str:
    return (_FOLDER / "copy.js").read_text(encoding="utf-8")


def copy_link(address: str, *, key: str, label: str = "", explained: str = "") -> None:
    """Draws the button for this address."""
    words = dictionary(_source(), language())
    data = {"address": address, "label": label or say("Copy link"), "title": explained, "words": words}
    _component()(key=key, data=data, width="content", height="content")


def for_this_machine_only(address: str) -> bool:
    """Whether an address names this very machine to whoever opens it."""
    host = urlsplit(address).hostname
    if host is None or host == "localhost":
        return True
    try:
        return from_this_machine(host)
    except ValueError:
        return False
