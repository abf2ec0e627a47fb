"""Bars for any number of classes or values: all of a few, top and tail of many, and a search among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.charts.bars import bars
from core.profile.records import Balance, ClassCount
from core.records import Dataset, Version
from core.ui.parts.problems import plain
from core.ui.profile.parts import chart, chosen, heading, numbers

ALL_UP_TO = 40
TOP, TAIL = 20, 12
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_PLURALS = {"class": "classes", "value": "values"}


def visible(classes: Sequence[ClassCount], search: str) -> tuple[list[ClassCount], int | None, int]:
    """Which bars to draw, after how many of them a gap comes, and how many classes are not drawn.

    All of up to `ALL_UP_TO`; else the `TOP` largest and the `TAIL` smallest. A search keeps what contains its words.
    """
    words = search.lower().split()
    found = [one for one in classes if all(word in one.label.lower() for word in words)]
    if len(found) <= ALL_UP_TO:
        return found, None, 0
    return [*found[:TOP], *found[-TAIL:]], TOP, len(found) - TOP - TAIL


def value_bars(
    dataset: Dataset,
    version: Version,
    balance: Balance,
    *,
    view: str,
    name: str,
    title: str,
    noun: Literal["class", "value"],
    remark: str = "",
) -> str | None:
    """Draws the bars under their toolbar, `remark` behind their number; the label that is chosen, or None."""
    nouns = _PLURALS[noun]
    many = len(balance.classes) > ALL_UP_TO
    search, log = "", False
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(plain(title), f"{len(balance.classes):,} {nouns if len(balance.classes) != 1 else noun}{remark}")
        st.space("stretch")
        if many:
            search = st.text_input(
                f"Search {nouns}",
                key=f"{view}-{name}-search",
                placeholder=f"Search {nouns}",
                label_visibility="collapsed",
                icon=":material/search:",
                width=200,
                live=True,
            )
        log = st.toggle("Log scale", key=f"{view}-{name}-log")
        numbers(dataset, version, title.lower(), _columns(balance), key=f"{view}-{name}")
    shown, gap, hidden = visible(balance.classes, str(search or ""))
    if gap is None and noun == "value" and all(_NUMBER.fullmatch(one.label) for one in shown):
        shown = sorted(shown, key=lambda one: float(one.label))  # ratings and the like have an order of their own
    if not shown:
        st.caption(f"None of the {nouns} contains “{plain(str(search))}”.")
        return None
    labels = [one.label for one in shown]
    kept = chosen(view, name)
    figure = bars(
        labels,
        [one.count for one in shown],
        balance.total,
        selected=labels.index(kept) if kept in labels else None,
        log=bool(log),
        gap_after=gap,
    )
    if hidden:
        st.caption(f"The {TOP} largest and the {TAIL} smallest; {hidden:,} between them are not drawn.")
    picked = chart(
        figure,
        view,
        name,
        labels,
        alt=f"{title}: rows per value, most often {balance.classes[0].label}",
        label=f"Open the rows of one of the {nouns}",
        every=[one.label for one in balance.classes],
    )
    return None if picked is None else str(picked)


def _columns(balance: Balance) -> dict[str, list[object]]:
    return {
        "name": [one.label for one in balance.classes],
        "rows": [one.count for one in balance.classes],
        "share": [round(one.share, 6) for one in balance.classes],
    }
