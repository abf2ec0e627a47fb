"""Choices that stand in the URL, so that Back, a reload and a copied link show the same thing.

The URL decides and the widget follows it. Streamlit's own binding leaves a default out of the URL and forgets the
value on the way to another page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st


def from_url(key: str, options: Sequence[str], last: str | None = None, *, fixed: bool = False) -> str:
    """What the URL names, else `last`, else the first option. A URL that names nothing names it from then on; one that
    names what is not there is left as it is until something is chosen, so that what is said about it stays.

    Call it right before the widget with that key, and give the widget `on_change=to_url, args=(key,)`. Where the
    options are `fixed`, the same on every day, a URL that names none means the first, and is left as it is.
    """
    chosen = asked_for(key, options, last)
    if not fixed and key not in st.query_params:
        name({key: chosen})
    st.session_state[key] = chosen
    return chosen


def asked_for(key: str, options: Sequence[str], last: str | None = None) -> str:
    """`from_url`, but the URL and the widget stay as they are."""
    wanted = (st.query_params.get(key), last)
    return next((value for value in wanted if value is not None and value in options), options[0])


def name(chosen: Mapping[str, str]) -> None:
    """Writes what differs into the URL, all at once: each write is an entry of its own for the browser's Back."""
    if any(st.query_params.get(key) != value for key, value in chosen.items()):
        st.query_params.update(chosen)


def put(values: Mapping[str, str | None]) -> None:
    """Writes all of it into the URL, None out of it, as one entry for the browser's Back."""
    now = {key: value for key, value in st.query_params.to_dict().items() if key not in values}
    now |= {key: value for key, value in values.items() if value is not None}
    if now != st.query_params.to_dict():
        st.query_params.from_dict(now)


def optional_from_url(key: str, options: Sequence[str], usual: str | None = None) -> None:
    """For a choice that may be none, or the `usual` one, which the URL leaves out: what the URL names, else `usual`.
    The options themselves stand in the URL, in whatever language they are shown; Streamlit's own binding writes what is
    shown. Call it right before the widget, with `on_change=optional_to_url, args=(key, usual)`."""
    asked = st.query_params.get(key)
    st.session_state[key] = asked if asked in options else usual


def typed_from_url(key: str) -> None:
    """For words that are typed: what the URL has, else none. Call it right before the box, with
    `on_change=optional_to_url, args=(key, "")`. Streamlit's own binding overwrites the entry that Back leads to, and
    with it what was chosen just before."""
    st.session_state[key] = st.query_params.get(key, "")


def number_from_url(key: str, most: int) -> None:
    """For a whole number from 1 to `most`, or none: as `typed_from_url`, with `args=(key,)`."""
    said = st.query_params.get(key, "")
    st.session_state[key] = int(said) if said.isdecimal() and 1 <= int(said) <= most else None


def switch_from_url(key: str, *, usual: bool) -> None:
    """For a switch: what the URL says, else as it is usually. Call it right before the toggle, with
    `on_change=switch_to_url, args=(key, usual)`."""
    st.session_state[key] = {"true": True, "false": False}.get(st.query_params.get(key, ""), usual)


def switch_to_url(key: str, usual: bool) -> None:
    """Writes how the switch was just set into the URL, or out of it where that is as usual."""
    chosen = bool(st.session_state[key])
    put({key: None if chosen == usual else str(chosen).lower()})


def optional_to_url(key: str, usual: str | None = None) -> None:
    """Writes what was just chosen into the URL, or out of it."""
    chosen = st.session_state[key]
    if chosen in (None, usual):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(chosen)


def choose_all(values: Mapping[str, str | int | None]) -> None:
    """Sets several such choices at once, None or empty for none, in the URL as one entry for the browser's Back. For
    callbacks."""
    st.session_state.update(values)
    put({key: None if value in (None, "") else str(value) for key, value in values.items()})


def to_url(key: str) -> None:
    """Writes what was just chosen into the URL, before the page is drawn again."""
    st.query_params[key] = st.session_state[key]
