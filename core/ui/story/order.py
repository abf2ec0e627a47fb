"""In which order the rows behind a figure of the story are listed, by a click on a header; kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.modalities import WORDS
from core.records import RowOrder
from core.services.lists.written import DESCENDING
from core.ui import keys


def orders(name: str) -> Mapping[str, RowOrder]:
    """By which column's title the rows of that name are sorted how, upwards."""
    added: Mapping[str, str] = _ADDED.get(name.partition("-")[0], _OF_ERRORS)
    return {title: RowOrder(column, added=True) for title, column in added.items()} | (
        {} if name.startswith("decided") else {"row": RowOrder(), "example": RowOrder(WORDS)}
    )


_OF_ERRORS = {"label": "label", "predicted": "predicted", "how sure": "confidence"}
_ADDED = {
    "flagged": {"label": "given_label", "suggested": "suggested_label", "label quality": "score"},
    "decided": {
        "row": "example_id",
        "example": WORDS,
        "label": "given_label",
        "new label": "new_label",
        "when": "decided_at",
    },
}


def order_of(name: str) -> RowOrder | None:
    """The order that the URL asks for; None for the usual one."""
    asked = st.query_params.get(keys.BEHIND_ORDER, "")
    known = orders(name).get(asked.removesuffix(DESCENDING))
    return None if known is None else replace(known, descending=asked.endswith(DESCENDING))


def sort(name: str, table: str) -> None:
    """A click on a header: upwards, downwards, then as usual. For the table's callback."""
    chosen = st.session_state[table]["selection"]["columns"]
    if not chosen or chosen[0] not in orders(name):
        return
    title, now = chosen[0], st.query_params.get(keys.BEHIND_ORDER, "")
    then = {"": title, title: f"{title}{DESCENDING}", f"{title}{DESCENDING}": ""}.get(now, title)
    if then:
        st.query_params[keys.BEHIND_ORDER] = then
    else:
        st.query_params.pop(keys.BEHIND_ORDER, None)
