"""What is behind the list, one panel at a time: what else was looked for, what further reviews find, where the wrong
labels are, and how the detectors do on this data. One row of buttons opens them, so that the list stays in sight."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.context import Context
from core.records import Dataset, Version
from core.services.issues.budget import budget_of
from core.services.issues.listing import Findings, overlaps_of
from core.ui import keys
from core.ui.issues.budget import asked, line, what_they_find
from core.ui.issues.cards import cards, how_many_types
from core.ui.issues.proof import offered, proof
from core.ui.issues.where import says_where, where_they_are
from core.ui.parts.problems import plain
from core.ui.parts.told.overlaps import overlaps_told
from core.ui.shell.pages import link
from core.ui.url import optional_from_url, optional_to_url
from core.words import later, say

TYPES, REVIEWS, WHERE, PROOF = "types", "reviews", "where", "proof"
TITLES = {
    REVIEWS: later("What further reviews find"),
    WHERE: later("Where the wrong labels are"),
    PROOF: later("Test the detectors"),
}
ICONS = {
    TYPES: ":material/troubleshoot:",
    REVIEWS: ":material/checklist:",
    WHERE: ":material/grid_on:",
    PROOF: ":material/science:",
}


def panels(context: Context, dataset: Dataset, version: Version, user: str, found: Findings) -> None:
    """The line that says what the next reviews find, and the panel that is open; which one stands in the URL. With none
    open, what is known of the listed type as a whole is a line where no figure above says it."""
    scan = found.scan
    budget = budget_of(context, scan, found.kind.name, *asked()) if "curve" in found.about else None
    draw: dict[str, Callable[[], None]] = {TYPES: lambda: cards(dataset, found)}
    if budget is not None and budget.following.rows:
        line(budget)
        draw[REVIEWS] = lambda: what_they_find(dataset, budget)
    if says_where(found):
        draw[WHERE] = lambda: where_they_are(dataset, version, found)
    if offered(found):
        draw[PROOF] = lambda: proof(context, dataset, version, user, found)
    optional_from_url(keys.PANEL, list(draw))
    titles = {TYPES: how_many_types(scan)} | {name: say(title) for name, title in TITLES.items()}
    opened = st.pills(
        say("Behind the list"),
        list(draw),
        format_func=lambda one: f"{ICONS[one]} {titles[one]}",
        key=keys.PANEL,
        label_visibility="collapsed",
        on_change=optional_to_url,
        args=(keys.PANEL,),
    )
    if opened:
        with st.container(border=True, key=f"issue-panel-{opened}"):
            draw[opened]()
    elif found.kind.name != "label":
        st.caption(plain(found.kind.told(found.about, dataset.called)))
        if found.kind.way is not None and found.about["flagged"]:
            page, view, words = found.kind.way
            link(page, say(words), icon=":material/arrow_forward:", dataset=dataset.name, view=view)
        if "overlaps" in found.about:
            overlaps_told(dataset, overlaps_of(scan, dataset.called))
