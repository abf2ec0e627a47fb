"""The keyboard on every page: the dialog of all keys, the palette that goes anywhere, the link past the navigation.

A Streamlit component mounts the JavaScript beside this file. What it shows stands at the start of the document and not
inside a page, so that a page that is drawn again does not close it; what to go to is asked of `places`. Must not know
what a page draws: a part that has keys of its own says so when the dialog asks (`keys.js`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from core.ui import keys
from core.ui.shell.keyboard.places import PATH
from core.ui.shell.pages import PAGES, page
from core.words import language, later, say
from core.words.script import dictionary, speaking_source

_FOLDER = Path(__file__).parent
_PARTS = ("dom", "skip", "outcome", "dialog", "keys", "palette", "theme", "main")
"""One JavaScript module in reading order: a component takes a single piece of source."""
_KEY = "keyboard"
_ALLOWED = (keys.DATASET, keys.VERSION, keys.RUN, keys.ROW, keys.VIEW)
_ABOUT_DATASETS = frozenset(PAGES) - {"home", "jobs"}
_WITHOUT_VERSION = ("evaluation", "story")

_SECTIONS: tuple[Mapping[str, Any], ...] = (
    {
        "title": later("Everywhere"),
        "where": "",
        "keys": (
            (("?",), later("Show these keys")),
            (("Ctrl", "K"), later("Go to a page, dataset, version, run or row")),
            (("Tab",), later("To the next button, link or field; with Shift to the one before")),
            (("Enter",), later("Press the button or open the link that has the focus; Space presses a button too")),
            (("Esc",), later("Close what is open")),
        ),
    },
    {
        "title": later("In choices"),
        "where": "[role=radiogroup], [role=combobox]",
        "keys": (
            (("←", "→"), later("Move among the choices that stand side by side")),
            (("↑", "↓"), later("Open a list of choices and move in it; typing narrows it")),
        ),
    },
    {
        "title": later("In tables"),
        "where": "[data-testid=stDataFrame]",
        "keys": (
            (("←", "↑", "↓", "→"), later("Move from cell to cell")),
            (("Ctrl", "Home"), later("To the first cell; with End to the last")),
            (("Shift", "Space"), later("Show the row, where rows can be picked")),
            (("Ctrl", "F"), later("Search in the table")),
        ),
    },
)
"""Keys by where they work: a section is shown where its selector finds something that can be seen."""

_LISTS = (
    (".review", later("Skip to the desk")),
    (".st-key-issue-list-bar", later("Skip to the list")),
    ("[class*='-rows-bar']", later("Skip to the list")),  # of Data, Profile and Evaluate
    (".st-key-story-behind", later("Skip to the list")),
    (".st-key-dataset-list", later("Skip to the list")),
    (".st-key-run-list", later("Skip to the list")),
    (".st-key-job-list", later("Skip to the list")),
)
"""What a page is opened for, by selector: the first one that is there has a link at the page's very start."""


def keyboard() -> None:
    """Mounts it in the header, with its two buttons."""
    query = st.query_params
    dataset = query.get(keys.DATASET) or st.session_state.get(keys.LAST_DATASET)
    _component()(
        key=_KEY,
        data={
            "pages": [{"page": name, "title": say(one.title), "about": say(one.help)} for name, one in PAGES.items()],
            "dataset": dataset,
            "places": f"{st.get_option('server.baseUrlPath').rstrip('/')}{PATH}",
            "sections": [_said(section) for section in _SECTIONS],
            "lists": [(selector, say(words)) for selector, words in _LISTS],
            "language": language(),
            "words": dictionary(_source(), language()),
        },
        on_go_change=_go,
        width="content",
    )
    chosen = st.session_state.pop(keys.GO, None)
    if chosen is not None:
        st.switch_page(page(chosen[0]), query_params=chosen[1])


def _said(section: Mapping[str, Any]) -> Mapping[str, Any]:
    """A section in the current language."""
    lines = [(names, say(does)) for names, does in section["keys"]]
    return {**section, "title": say(section["title"]), "keys": lines}


def _go() -> None:
    """What was chosen in the palette, before the page is drawn again: here at once, elsewhere once it is drawn."""
    said = st.session_state[_KEY].get("go")
    if not isinstance(said, Mapping) or said.get("page") not in (None, *PAGES):
        return
    query = {name: str(value) for name in _ALLOWED if (value := said.get(name)) is not None}
    here = str(st.session_state.get(keys.PAGE))
    wanted = str(said["page"]) if said.get("page") else _page_about(query, here)
    if wanted != here:
        st.session_state[keys.GO] = wanted, query
    elif query:
        kept = {} if said.get("page") or keys.VIEW not in st.query_params else {keys.VIEW: st.query_params[keys.VIEW]}
        st.query_params.from_dict(kept | query)
    if keys.DATASET in query:
        st.session_state.pop(keys.LAST_VERSION, None)


def _page_about(query: Mapping[str, str], here: str) -> str:
    """Where a dataset or a version is looked at: on the page that is open, if that is about such."""
    if here not in _ABOUT_DATASETS or (here in _WITHOUT_VERSION and keys.VERSION in query):
        return "data"
    return here


@cache
def _component() -> ComponentRenderer:
    css = (_FOLDER / "keyboard.css").read_text(encoding="utf-8")
    source = f"const STYLE = {json.dumps(css)}\n{speaking_source(_source())}"
    return st.components.v2.component("winnow_keyboard", js=source, css=css)


@cache
def _source() -> str:
    return "\n".join((_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in _PARTS)
