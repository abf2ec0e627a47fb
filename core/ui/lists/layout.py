"""How a list of rows is laid out: as a table, or as images close together, or as cards of words; which columns a table
has and how wide they are. All of it is kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from core.records import Dataset
from core.services.lists.asked import COLUMNS, Listed
from core.services.lists.written import Width, with_width, write_names
from core.ui import keys
from core.ui.lists.tools import Tools
from core.ui.modalities import drawing_of
from core.ui.parts.choices import switch
from core.ui.shell.guard import current_user
from core.ui.url import put
from core.words import later, say

Layout = Literal["table", "grid", "cards"]

_TITLES = {
    "table": later(":material/table_rows: Table"),
    "grid": later(":material/grid_view: Grid"),
    "cards": later(":material/view_agenda: Cards"),
}
WIDTHS: Mapping[Width, str] = {"narrow": later("Narrow"), "wide": later("Wide")}
GRID_ROWS, CARD_ROWS = 100, 25
"""Rows of a page."""


def layout_switch(dataset: Dataset) -> Layout:
    """The layout that is chosen. Examples that are seen at a glance have a grid, and open so; all others have cards,
    and open as a table."""
    names: tuple[Layout, ...] = ("grid", "table") if drawing_of(dataset).has_grid else ("table", "cards")
    return switch(say("Layout"), keys.LAYOUT, {name: say(_TITLES[name]) for name in names}, fixed=True)


def rows_of_page(layout: Layout, of_table: int) -> int:
    """Rows on one page of a list; of a table as many as the list says."""
    return {"table": of_table, "grid": GRID_ROWS, "cards": CARD_ROWS}[layout]


def columns_button(tools: Tools, listed: Listed) -> None:
    """Which columns the list shows, in which order; kept for the person."""
    box = st.popover(
        say("Columns"), icon=":material/view_column:", type="tertiary", key="list-columns", on_change="rerun"
    )
    if not box.open:
        return
    titles = {one.name: tools.title(one) for one in tools.columns}
    with box:
        st.session_state["list-columns-chosen"] = [one.name for one in listed.columns]
        st.multiselect(
            say("Columns, in this order"),
            list(titles),
            key="list-columns-chosen",
            format_func=lambda name: titles.get(name, name),
            on_change=_choose_columns,
            args=(tools,),
            width=420,
        )
        shown = [one.name for one in listed.columns]
        for width, title in WIDTHS.items():
            key = f"list-columns-{width}"
            st.session_state[key] = [name for name in shown if listed.widths.get(name) == width]
            st.multiselect(
                say(title),
                shown,
                key=key,
                format_func=lambda name: titles.get(name, name),
                on_change=_choose_columns,
                args=(tools,),
                kwargs={"last": width},
                width=420,
            )
        st.caption(
            say(
                "Kept for you, on this dataset, as is what is narrow and wide; a width that is dragged lasts until the "
                "list changes. The file has the same columns."
            ),
            width=420,
        )
        st.button(say("The usual columns"), type="tertiary", on_click=_choose_columns, args=(tools, True))


def _choose_columns(tools: Tools, usual: bool = False, last: Width | None = None) -> None:
    """`last`: the width whose columns were chosen just now, which a column cannot have beside the other."""
    names: list[str] = []
    if not usual:
        order = sorted(WIDTHS, key=lambda width: width != last)
        of = {name: width for width in reversed(order) for name in st.session_state.get(f"list-columns-{width}", ())}
        names = [with_width(name, of.get(name)) for name in st.session_state["list-columns-chosen"]]
    tools.context.ledger.views.keep_columns(tools.dataset.dataset_id, tools.page, current_user(), names)
    put({tools.key(COLUMNS): write_names(names) or None})
