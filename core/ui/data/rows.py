"""Data, view Rows: the rows of the version, narrowed by label, split and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from core.context import Context
from core.records import Dataset, ListColumn, RowFilter, Version
from core.services.lists.asked import row_filter
from core.services.lists.columns import row_columns
from core.services.lists.facts import fact_columns
from core.services.lists.words import in_words as filter_in_words
from core.store.rows import get_rows, values
from core.tasks import target_of
from core.ui import keys
from core.ui.filters.similar_to import similar_button
from core.ui.lists.row_list import row_tools
from core.ui.lists.rows import show_row
from core.ui.lists.tools import chips, filter_button, list_query
from core.ui.parts.labels import attribute_said, class_from_url, split_said
from core.ui.parts.problems import shown_errors
from core.ui.url import optional_from_url, optional_to_url, typed_from_url
from core.words import later, said_everywhere, say

DUPLICATES = (later("exact"), later("conflicting"))


def row_filters(context: Context, dataset: Dataset, version: Version) -> RowFilter:
    """The filters on one line, each in the URL; what they let through."""
    splits = values(context.store, version.version_id, "split", 50)
    tools = row_tools(context, dataset, version)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="row-filters"):
        typed_from_url(keys.SEARCH)
        st.text_input(
            say("Search"),
            key=keys.SEARCH,
            on_change=optional_to_url,
            args=(keys.SEARCH, ""),
            type="search",
            placeholder=say("Words in the example"),
            label_visibility="collapsed",
            width=240,
        )
        if not target_of(dataset).numeric:
            _label(dataset)
        if splits:
            _choice(say("Split"), keys.SPLIT, splits, 140, split_said)
        _choice(say("Duplicates"), keys.DUPLICATES, DUPLICATES, 160, say)
        similar_button(tools)
        filter_button(tools)
    chips(tools, whole=True)
    return row_filter(dataset, list_query(tools))


def _label(dataset: Dataset) -> None:
    """The class that the rows have; or the label of no class, where a label may be that."""
    target = target_of(dataset)
    none = [target.label_of(())] if target.several else []
    class_from_url(dataset, keys.LABEL, {name: said_everywhere("none", "of the classes") for name in none})
    st.selectbox(
        say("Label"),
        [*none, *dataset.labels],
        index=None,
        key=keys.LABEL,
        on_change=optional_to_url,
        args=(keys.LABEL,),
        placeholder=say("Label"),
        label_visibility="collapsed",
        width=200,
        format_func=lambda name: target.words(name) if name in none else dataset.called(name),
    )


def _choice(title: str, key: str, options: Sequence[str], width: int, shown: Callable[[str], str]) -> None:
    """A box of options that stand in the URL as they are, however they are `shown`."""
    optional_from_url(key, options)
    st.selectbox(
        title,
        options,
        index=None,
        key=key,
        placeholder=title,
        label_visibility="collapsed",
        width=width,
        format_func=shown,
        on_change=optional_to_url,
        args=(key,),
    )


def named_row(context: Context, dataset: Dataset, version: Version) -> None:
    """The row that a link led to, whole."""
    named = st.query_params.get(keys.ROW, "")
    if not named.isdigit():
        return
    with shown_errors():
        [row] = get_rows(context.store, version.version_id, [int(named)])
        show_row(context, dataset, row, "named", version=version)
    st.button(say("All rows"), icon=":material/close:", type="tertiary", key="rows-unnamed", on_click=_forget_row)


def _forget_row() -> None:
    del st.query_params[keys.ROW]


def in_words(where: RowFilter, dataset: Dataset) -> str:
    """What the filters say: `label: sport · split: test · price ≥ 10`."""
    values = {
        say("label"): dataset.called(where.label) if where.label else None,
        say("split"): where.split and split_said(where.split),
        say("words"): where.text,
        say("duplicates"): where.duplicates and say(where.duplicates),
    }
    told = [say("{field}: {value}", field=field, value=value) for field, value in values.items() if value]
    columns = row_columns(dataset)
    known = {one.column: one for one in (*columns, *fact_columns(columns))}
    told += [filter_in_words(one, _titled(known[one.column], dataset), dataset) for one in where.columns]
    return " · ".join([*([say("of no class")] if where.exactly is not None else []), *told]) or say("All rows")


def _titled(column: ListColumn, dataset: Dataset) -> ListColumn:
    """A column with its title in the current language."""
    name = next((one.name for one in dataset.attributes if one.column == column.column), None)
    return replace(column, title=say(column.title) if name is None else attribute_said(dataset, name))
