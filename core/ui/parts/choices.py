"""Choices among a few names, most of them in the URL: segments for what a page shows, a box for the rest. Titles and
labels are shown as they are: many are data, such as the names of classes, and ours are said by whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from core.ui import keys
from core.ui.url import from_url, to_url
from core.words import say

Name = TypeVar("Name", bound=str)


def view_switch(titles: Mapping[Name, str], *, always_named: bool = False) -> Name:
    """The view of the page that is open: the one that `?view=` names, else the first, which then stands in the URL only
    where it is `always_named`."""
    return switch(say("View"), keys.VIEW, titles, fixed=not always_named)


def switch(label: str, key: str, titles: Mapping[Name, str], *, fixed: bool = False) -> Name:
    """One of the names, as segments with their titles; `label` is for screen readers. `fixed` as in `from_url`."""
    from_url(key, list(titles), fixed=fixed)
    chosen = st.segmented_control(
        label,
        list(titles),
        key=key,
        required=True,
        format_func=lambda name: titles[name],
        label_visibility="collapsed",
        on_change=to_url,
        args=(key,),
    )
    assert chosen is not None, "it is required"
    return chosen


def choose_place(label: str, key: str, places: Mapping[Name, str]) -> Name:
    """Where a file comes from, as segments; the session's own, since a link never carries a file."""
    chosen = st.segmented_control(
        label,
        list(places),
        default=next(iter(places)),
        required=True,
        format_func=lambda name: places[name],
        key=key,
    )
    assert chosen is not None, "it is required"
    return chosen


def pick(
    label: str,
    key: str,
    titles: Mapping[Name, str],
    *,
    last: str | None = None,
    icon: str | None = None,
    width: int,
    labelled: bool = False,
    fixed: bool = False,
) -> Name:
    """One of the names, in a box with their titles; `labelled` draws the label above it. `last` and `fixed` as in
    `from_url`."""
    from_url(key, list(titles), last, fixed=fixed)
    return st.selectbox(
        label,
        list(titles),
        key=key,
        format_func=lambda name: titles[name],
        label_visibility="visible" if labelled else "collapsed",
        on_change=to_url,
        args=(key,),
        icon=icon,
        width=width,
    )
