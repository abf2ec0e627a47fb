"""In which order a list of rows is shown: a box, and the table's own header, which sorts the list as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from core.modalities import WORDS
from core.records import Dataset, RowOrder
from core.store.rows import BY_ROW
from core.ui.modalities import CELLS

FIXED = {
    "row": "row_id",
    "example": WORDS,
    "label": "label",
    "as loaded": "given_label",
    "split": "split",
    "id": "source_id",
}
"""Columns of the table that the store sorts by, and what it calls them."""
UP, DOWN = "↑", "↓"


def attribute_title(name: str) -> str:
    """What the table calls an attribute: its name, unless a column of Winnow's own has that."""
    return f"{name} (attribute)" if name in {*FIXED, *CELLS} else name


def sort_box(dataset: Dataset, key: str) -> RowOrder:
    """The choice of an order for the list of that key, and the order that is chosen."""
    columns = _columns(dataset)
    state = _state(key)
    options = [f"{title} {arrow}" for title in columns for arrow in (UP, DOWN) if (title, arrow) != ("row", UP)]
    if st.session_state.get(state) not in options:
        st.session_state[state] = None
    chosen = st.selectbox(
        "Sort",
        options,
        index=None,
        key=state,
        placeholder="as loaded",
        label_visibility="collapsed",
        icon=":material/sort:",
        width=190,
    )
    if chosen is None:
        return BY_ROW
    title, arrow = chosen.rsplit(" ", 1)
    return RowOrder(columns[title], descending=arrow == DOWN)


def sort_by_header(dataset: Dataset, key: str, table_key: str) -> None:
    """A click on a header: ascending, then descending, then as loaded. For the table's callback."""
    chosen = st.session_state[table_key]["selection"]["columns"]
    if not chosen or chosen[0] not in _columns(dataset):
        return
    up, down = f"{chosen[0]} {UP}", f"{chosen[0]} {DOWN}"
    first = down if chosen[0] == "row" else up
    st.session_state[_state(key)] = {None: first, up: down, down: None}.get(st.session_state.get(_state(key)), first)


def sorted_head(key: str) -> Callable[..., str]:
    """What stands over a column of the table: its title, or another, with an arrow where the list is sorted by it."""
    by = str(st.session_state.get(_state(key)) or "")

    def head(title: str, shown: str | None = None) -> str:
        arrow = next((mark for mark in (UP, DOWN) if by == f"{title} {mark}"), "")
        return f"{shown or title} {arrow}".strip()

    return head


def _state(key: str) -> str:
    return f"{key}-order"


def _columns(dataset: Dataset) -> Mapping[str, str]:
    return FIXED | {attribute_title(one.name): one.column for one in dataset.attributes}
