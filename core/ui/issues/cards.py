"""The cards of the Issues page: one per type, with how many, how sure, and what to do about them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.issues import ISSUE_TYPES
from core.issues.contract import IssueType
from core.records import Dataset, Scan
from core.services.issues.listing import Findings, issue_types, types_found
from core.store.acts.of_lists import ListCounts
from core.tasks import task_named
from core.ui.lists.issue_filter import choose_type
from core.ui.parts.problems import plain
from core.words import later, say, say_n

OUT_OF_REACH = later(
    "Faces, number plates and voices are not looked for: people have to look through what shows a person."
)
A_ROW = 4
"""Cards beside each other at most."""


def cards(dataset: Dataset, found: Findings) -> None:
    """A card per type that the scan looked for; its button lists the type's rows beneath."""
    scan, types = found.scan, issue_types(found.scan)
    for start in range(0, len(types), A_ROW):
        for place, kind in zip(st.columns(A_ROW, gap="small"), types[start : start + A_ROW], strict=False):
            with place:
                _card(dataset, scan, kind, found.lists[kind.name], kind is found.kind)
    missing = [
        say(kind.title).lower()
        for name, kind in ISSUE_TYPES.items()
        if name not in scan.types and kind.applies(task_named(dataset.task))
    ]
    if task_named(dataset.task).modality.in_files:
        st.caption(say(OUT_OF_REACH))
    if missing:
        unlooked = say(" or ").join(missing)
        st.caption(say("This scan did not look for {types}. Scan again to find them.", types=unlooked))


def how_many_types(scan: Scan) -> str:
    """Of how many types any row is flagged."""
    return say_n("{n:,} type of issue found", "{n:,} types of issues found", types_found(scan))


def _card(dataset: Dataset, scan: Scan, kind: IssueType[Any], counts: ListCounts, chosen: bool) -> None:
    about = scan.found(kind.name)
    with st.container(border=True, gap="small", height="stretch", key=f"issue-card-{kind.name}"):
        st.markdown(f"**{say(kind.title)}**", help=say(kind.help))
        st.markdown(f"## {counts.flagged:,} :small[{say('flagged', 'rows')}]")
        if counts.decided:
            st.caption(say("{n:,} of them decided", n=counts.decided))
        st.caption(plain(kind.told(about, dataset.called)))
        if not counts.flagged and not chosen:
            return
        st.button(
            say("{act}: listed below", act=say(kind.to_do)) if chosen else say(kind.to_do),
            type="primary" if chosen else "secondary",
            icon=":material/arrow_downward:",
            key=f"issue-card-{kind.name}-show",
            on_click=choose_type,
            args=(kind.name,),
        )
