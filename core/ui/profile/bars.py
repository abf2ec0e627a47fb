"""Bars for any number of classes or values: all of a few, top and tail of many, and a search among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.charts.bars import bars
from core.profile.records import Balance, ClassCount
from core.records import Dataset, Version
from core.ui.parts.labels import attribute_said
from core.ui.parts.problems import plain
from core.ui.profile.parts import chart, chosen, heading, numbers
from core.words import later, say, say_n

ALL_UP_TO = 40
TOP, TAIL = 20, 12
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


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
    of_classes = noun == "class"
    shown_title = say(title) if of_classes else attribute_said(dataset, title)
    counted = (
        say_n("{n:,} class", "{n:,} classes", len(balance.classes))
        if of_classes
        else say_n("{n:,} value", "{n:,} values", len(balance.classes))
    )
    many = len(balance.classes) > ALL_UP_TO
    search, log = "", False
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(plain(shown_title), f"{counted}{remark}")
        st.space("stretch")
        if many:
            ask = say("Search classes") if of_classes else say("Search values")
            search = st.text_input(
                ask,
                key=f"{view}-{name}-search",
                placeholder=ask,
                label_visibility="collapsed",
                icon=":material/search:",
                width=200,
                live=True,
            )
        log = st.toggle(say("Log scale"), key=f"{view}-{name}-log")
        name_of_file = later("classes") if of_classes else title.lower()
        numbers(dataset, version, name_of_file, _columns(balance), key=f"{view}-{name}")
    shown, gap, hidden = visible(balance.classes, str(search or ""))
    every = list(balance.classes)
    if not many and noun == "value" and all(_NUMBER.fullmatch(one.label) for one in every):
        shown = every = sorted(every, key=lambda one: float(one.label))  # ratings and the like have their own order
    if not shown:
        none = (
            later("None of the classes contains “{words}”.")
            if of_classes
            else later("None of the values contains “{words}”.")
        )
        st.caption(say(none, words=plain(str(search))))
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
        between = say(
            "The {top} largest and the {tail} smallest; {n:,} between them are not drawn.", top=TOP, tail=TAIL, n=hidden
        )
        st.caption(between)
    picked = chart(
        dataset,
        figure,
        view,
        name,
        labels,
        alt=say("{title}: rows per value, most often {label}", title=shown_title, label=balance.classes[0].label),
        label=say("Open the rows of one of the classes") if of_classes else say("Open the rows of one of the values"),
        every=[one.label for one in every],
    )
    return None if picked is None else str(picked)


def _columns(balance: Balance) -> dict[str, list[object]]:
    return {
        later("name"): [one.label for one in balance.classes],
        later("rows"): [one.count for one in balance.classes],
        later("share"): [round(one.share, 6) for one in balance.classes],
    }
