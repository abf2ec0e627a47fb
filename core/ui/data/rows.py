"""Data, view Rows: the rows of the version, narrowed by label, split and words."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.context import Context
from core.modalities import WORDS
from core.records import Dataset, RowFilter, Version
from core.services.lists import row_filter
from core.store.rows import get_rows, values
from core.tasks import target_of
from core.ui import keys
from core.ui.lists.row_list import row_tools
from core.ui.lists.rows import show_row
from core.ui.lists.tools import chips, filter_button, list_query
from core.ui.parts.labels import class_in_url
from core.ui.parts.problems import shown_errors


def row_filters(context: Context, dataset: Dataset, version: Version) -> RowFilter:
    """The filters on one line, each in the URL; what they let through."""
    splits = values(context.store, version.version_id, "split", 50)
    tools = row_tools(context, dataset, version)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="row-filters"):
        st.text_input(
            "Search",
            key=keys.SEARCH,
            bind="query-params",
            type="search",
            placeholder="Words in the example",
            label_visibility="collapsed",
            width=240,
        )
        _label(dataset)
        if splits:
            _box("Split", keys.SPLIT, splits, 140)
        _box("Duplicates", keys.DUPLICATES, ["exact", "conflicting"], 160)
        filter_button(tools)
    chips(tools)
    return row_filter(dataset, list_query(tools))


def _label(dataset: Dataset) -> None:
    """The class that the rows have; or the label of no class, where a label may be that."""
    target = target_of(dataset)
    none = [target.label_of(())] if target.several else []
    class_in_url(dataset, keys.LABEL)
    _box(
        "Label",
        keys.LABEL,
        [*none, *dataset.labels],
        200,
        lambda name: target.words(name) if name in none else dataset.called(name),
    )


def _box(title: str, key: str, options: list[str], width: int, shown: Callable[[str], str] = str) -> None:
    st.selectbox(
        title,
        options,
        index=None,
        key=key,
        bind="query-params",
        placeholder=title,
        label_visibility="collapsed",
        width=width,
        format_func=shown,
    )


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


def in_words(where: RowFilter, dataset: Dataset) -> str:
    """What the filters say: `label: sport · split: test`."""
    values = {field: getattr(where, field) for field in ("label", "split", WORDS, "duplicates")}
    values["label"] = dataset.called(where.label) if where.label else None
    said = [f"{field}: {value}" for field, value in values.items() if value]
    return " · ".join([*(["of no class"] if where.exactly is not None else []), *said]) or "All rows"
