"""The pages there are, in the order of the work; links to them. Names no page's content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import Literal

import streamlit as st
from streamlit.navigation.page import Page

from core.settings import PROJECT
from core.ui import keys
from core.words import later, say

FOLDER = PROJECT / "pages"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page of the navigation."""

    title: str
    icon: str
    help: str


PAGES: dict[str, PageEntry] = {
    "home": PageEntry(later("Home"), "home", later("All datasets, what is running and the next useful step for each.")),
    "data": PageEntry(later("Data"), "database", later("Load, look at, split, export, rename and delete a dataset.")),
    "profile": PageEntry(
        later("Profile"), "bar_chart", later("Balance, bias, drift, lengths, duplicates. Every bar opens its rows.")
    ),
    "issues": PageEntry(
        later("Issues"), "troubleshoot", later("Labels that are probably wrong, ranked, with the reason for each.")
    ),
    "review": PageEntry(later("Review"), "rule", later("Judge labels with the keyboard and make a corrected version.")),
    "training": PageEntry(
        later("Train"), "model_training", later("Fine-tune a model, watch it, see whether cleaning helped, and use it.")
    ),
    "evaluation": PageEntry(
        later("Evaluate"), "grid_on", later("How good a run is, where it errs, and which of two is better.")
    ),
    "story": PageEntry(
        later("Story"),
        "auto_stories",
        later("What became of a dataset, how good it is and what to do next: one link for others."),
    ),
    "jobs": PageEntry(later("Jobs"), "pending_actions", later("Everything that runs or ran: progress, log, stop.")),
}

READ = ("home", "story", "evaluation")
"""Where somebody who may only read is let in: the start page says that it is not for them."""


def import_home() -> None:
    """Imports, in a thread, what Home draws with: meanwhile the first browser loads Streamlit's own scripts."""
    names = ("core.ui.shell.frame", "core.ui.home.datasets", "core.ui.home.start")
    Thread(target=lambda: [import_module(name) for name in names], daemon=True).start()


def page(name: str) -> Page:
    """The navigation's page of that name."""
    entry = PAGES[name]
    return st.Page(
        FOLDER / f"{name}.py",
        title=say(entry.title),
        icon=f":material/{entry.icon}:",
        help=say(entry.help),
        default=name == "home",
    )


def link(
    name: str,
    label: str,
    *,
    icon: str | None = None,
    icon_position: Literal["left", "right"] = "left",
    place: str = "",
    **query: str | int | None,
) -> None:
    """A link to a page; `query` names what it is to show, such as `dataset` and `version`. `place` tells two of them
    apart that are alike on one page.

    On that very page it is a button: Streamlit's link to the page one is on runs it with the new query once and leaves
    the URL as it was, so that the next click of anything falls back to the old view.
    """
    shown: Mapping[str, str] = {key: str(value) for key, value in query.items() if value is not None}
    if shown and st.session_state.get(keys.PAGE) == name:
        key = f"here-{place}{label}-{hash(tuple(shown.items())):x}"
        go = st.query_params.from_dict
        st.button(label, key=key, type="tertiary", icon=icon, icon_position=icon_position, on_click=go, args=(shown,))
    else:
        st.page_link(page(name), label=label, icon=icon, icon_position=icon_position, query_params=shown or None)


def count(number: int, template: str, name: str, **query: str | int | None) -> None:
    """A number in its words, such as `{n:,} left`, drawn as a caption, that opens the rows behind it; plain where there
    are none."""
    said = say(template, n=number)
    if number:
        with st.container(key=f"count-{template.rpartition(' ')[2]}-{query.get('dataset')}", width="content"):
            link(name, f":small[{said}]", icon="", icon_position="left", place="", **query)
    else:
        st.caption(said, width="content")


def open_link(
    name: str,
    label: str,
    *,
    key: str,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",  # noqa: A002
    icon: str | None = None,
    **query: str | int | None,
) -> None:
    """`link` as a button, for the one thing that a page wants done."""
    shown = {name: str(value) for name, value in query.items() if value is not None}
    if shown and st.session_state.get(keys.PAGE) == name:
        st.button(label, key=key, type=type, icon=icon, on_click=st.query_params.from_dict, args=(shown,))
    elif st.button(label, key=key, type=type, icon=icon):
        st.switch_page(page(name), query_params=shown)


def open_place(name: str, query: Mapping[str, str]) -> None:
    """Opens a page from a callback, such as that of a chart: on the page that is open its URL changes, else the next
    run goes there, by `go_where_asked`."""
    if st.session_state.get(keys.PAGE) == name:
        st.query_params.from_dict(dict(query))
    else:
        st.session_state[keys.GO] = (name, dict(query))
