"""In which language somebody sees the pages: as they chose, which a cookie keeps, else as their browser asks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import HTTPConnection
from streamlit.components.v2.types import ComponentRenderer
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.ui import keys
from core.words import ENGLISH, LANGUAGES, asked_by, known, language, preferred
from core.words.script import dictionary, speaking_source

COOKIE = "winnow_language"


def of_session() -> str | None:
    """The language of the session whose script this thread runs; None in any other thread. Also where a part or a
    button's act runs without the rest of the page."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    if keys.LANGUAGE not in st.session_state:
        asked = known(st.query_params.get(keys.LANGUAGE_ASKED))
        st.session_state[keys.LANGUAGE] = asked or known(st.context.cookies.get(COOKIE)) or _of_browser()
        st.session_state[keys.LANGUAGE_CHOSEN] = asked is not None
    return str(st.session_state[keys.LANGUAGE])


def of_request(asked: HTTPConnection) -> str:
    """The language of what is asked for beside the pages."""
    return known(asked.cookies.get(COOKIE)) or preferred(asked.headers.get("accept-language", ""))


def language_switch() -> None:
    """Every language by its own name; says in each of them what it is."""
    st.session_state[keys.LANGUAGE_INPUT] = language()
    st.segmented_control(
        "Language · 语言",
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES[code],
        required=True,
        key=keys.LANGUAGE_INPUT,
        on_change=_switch,
    )


def tell_browser() -> None:
    """Tells the browser in which language the page is, and has it keep what was chosen."""
    said = {"code": {"zh": "zh-CN"}.get(language(), language()), "cookie": COOKIE, "language": language()}
    with st.container(key="live-language"):
        chosen = bool(st.session_state.get(keys.LANGUAGE_CHOSEN))
        _component()(key="language", data=said | {"chosen": chosen, "words": dictionary(_source(), language())})


def _of_browser() -> str:
    locale = st.context.locale
    if isinstance(locale, str) and locale:
        return known(locale) or ENGLISH
    return preferred(str(st.context.headers.get("Accept-Language", "")))


def _switch() -> None:
    st.session_state[keys.LANGUAGE] = st.session_state[keys.LANGUAGE_INPUT]
    st.session_state[keys.LANGUAGE_CHOSEN] = True
    st.query_params.pop(keys.LANGUAGE_ASKED, None)


@cache
def _source() -> str:
    return (Path(__file__).parent / "language.js").read_text(encoding="utf-8")


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component("winnow_language", js=speaking_source(_source()))


asked_by(of_session)
