"""Data, view Rows: the rows of the version, narrowed by label, split and words."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.context import Context
from core.modalities import WORDS
from core.records import Dataset, RowFilter, Version
from core.store.rows import get_rows, values
from core.tasks import task_named
from core.ui import keys
from core.ui.parts.problems import shown_errors
from core.ui.parts.rows import show_row

ANY = "any"
REPEATED: dict[str, Literal["exact", "conflicting"] | None] = {
    ANY: None,
    "exact": "exact",
    "conflicting": "conflicting",
}


def row_filters(context: Context, dataset: Dataset, version: Version) -> RowFilter:
    """The filters on one line; what they let through."""
    splits = values(context.store, version.version_id, "split", 50)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Search", type="search", key="rows-text", placeholder="words in the example", width=260)
        label, exactly = _label(dataset)
        split = st.selectbox("Split", [ANY, *splits], key="rows-split", width=140) if splits else ANY
        repeated = st.selectbox("Duplicates", list(REPEATED), key="rows-duplicates", width=140)
    return RowFilter(
        label=label,
        split=_chosen(split),
        text=words or None,
        duplicates=REPEATED[repeated or ANY],
        exactly=exactly,
    )


def _label(dataset: Dataset) -> tuple[str | None, str | None]:
    """The class that the rows have; or the label of no class, where a label may be that."""
    target = task_named(dataset.task).target
    none = [target.label_of(())] if target.several else []
    chosen = st.selectbox(
        "Label",
        [ANY, *none, *dataset.labels],
        key="rows-label",
        width=200,
        format_func=lambda name: target.words(name) if name in none else name,
    )
    return (None, chosen) if chosen in none else (_chosen(chosen), None)


def named_row(context: Context, dataset: Dataset, version: Version) -> None:
    """The row that a link led to, whole."""
    named = st.query_params.get(keys.ROW, "")
    if not named.isdigit():
        return
    with shown_errors():
        show_row(context, dataset, get_rows(context.store, version.version_id, [int(named)])[0])
    st.button("All rows", icon=":material/close:", type="tertiary", key="rows-unnamed", on_click=_forget_row)


def _forget_row() -> None:
    del st.query_params[keys.ROW]


def _chosen(value: str | None) -> str | None:
    return None if value in (None, ANY) else value


def in_words(where: RowFilter) -> str:
    """What the filters say: `label: sport · split: test`."""
    fields = ("label", "split", WORDS, "duplicates")
    said = [f"{field}: {value}" for field in fields if (value := getattr(where, field))]
    return " · ".join([*(["of no class"] if where.exactly is not None else []), *said]) or "All rows"
