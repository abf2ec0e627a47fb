"""A table of rows that pages from the store: never more than one page of rows is in memory or on the wire. What stands
above it (`core.ui.lists.tools`) narrows, sorts and writes the list as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.context import Context
from core.modalities import WORDS
from core.records import EXAMPLE_ID, Dataset, Example, RowFilter, RowOrder, Version
from core.services.lists import Listed, row_columns, rows_listed
from core.services.review.many import OfVersion
from core.services.views import ROWS
from core.store.export import Format
from core.store.export_lists import export_list
from core.store.rows import BY_ROW, count_rows, get_rows, page_of_ids, page_rows
from core.tasks import target_of, task_named
from core.ui.lists.act_on_all import ActOnAll
from core.ui.lists.layout import layout_switch, rows_of_page
from core.ui.lists.paging import WHOLE_HEADER, paged, pages
from core.ui.lists.rows import picked_rows, show_row
from core.ui.lists.seen import seen_rows
from core.ui.lists.tools import (
    Tools,
    columns_button,
    download_button,
    head,
    list_query,
    sort_box,
    sort_by_header,
    views_button,
)
from core.ui.lists.verdict_bar import Verdicts
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.background import result_of
from core.ui.parts.labels import label_said, value_said
from core.ui.parts.problems import plain
from core.words import ENGLISH, say, say_n, speaking, stored

PAGE_ROWS = 50
SORTED_AT_ONCE = 100 * PAGE_ROWS
"""Rows whose order is worked out together and kept: a list of a million is never in memory."""
COUNTED_AT_ONCE = 50_000
"""A version of no more rows is gone through while the page is drawn; a longer one beside it."""
CELL_CHARACTERS = 400
"""A longer text is cut in the table and shown whole beside it when its row is picked."""


def row_tools(context: Context, dataset: Dataset, version: Version) -> Tools:
    """What the lists of a version's rows have above them."""
    columns = row_columns(dataset)
    return Tools(context, dataset, version.version_id, ROWS, columns, {WORDS: drawing_of(dataset).words_title})


def row_browser(
    context: Context, dataset: Dataset, version: Version, where: RowFilter, *, title: Callable[[], str], key: str
) -> None:
    """The rows of the version that `where` lets through: paged, downloadable, one of them shown whole and judged. Their
    layout, order and columns stand in the URL.

    `title` says in words which rows these are; what is decided on them keeps it in English. `key` must be unique on the
    page; a filter of its own gives a page number of its own.
    """
    tools = row_tools(context, dataset, version)
    query = list_query(tools)
    listed = rows_listed(dataset, query)
    order = listed.order
    with speaking(ENGLISH):
        among = title()
    verdicts = Verdicts(context, dataset, version, f"{key}-verdicts", among=among)
    acts = ActOnAll(context, dataset, f"{key}-many")
    total = _total(context, version, where)
    if total is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-bar"):
        st.markdown(f"**{plain(title())}**", width="content")
        st.caption(say_n("{n:,} row", "{n:,} rows", total), width="content")
        if total:
            layout = layout_switch(dataset)
            sort_box(tools, order, BY_ROW, say("as loaded"))
            columns_button(tools, listed)
        views_button(tools, query)
        if total:
            acts.button(OfVersion(version.version_id, where), among, total, "relabel", shown=title())
            _download(tools, listed, version, where, total)
    if not total:
        st.caption(say("No row matches."))
        return
    size = rows_of_page(layout, PAGE_ROWS)
    page_key = f"{key}-{hash((where, order, size)):x}"
    rows = paged(page_key, size, lambda offset: _page(context, version, where, order, offset, size), lambda _: total)
    if rows is None:
        return
    if layout != "table":
        places = st.columns([3, 2]) if verdicts.opened in [row.example_id for row in rows] else [st.container()]
        with places[0]:
            pages(page_key, size, total)
            verdicts.tiles(seen_rows(context, version, rows), layout)
        if len(places) > 1:
            with places[1]:
                show_row(context, dataset, next(row for row in rows if row.example_id == verdicts.opened))
        return
    shown = hash((where, order))  # not the columns: derived ones come later, and what was picked stays picked
    table_key = f"{key}-table-{st.session_state.get(page_key, 1)}-{shown:x}"
    picked = picked_rows(table_key, rows)
    places = st.columns([3, 2] if picked else 1)
    with places[0]:
        _table(tools, listed, _records_of(context, tools, listed, rows, verdicts.words(rows)), title(), table_key)
        pages(page_key, size, total)
    if picked:
        with places[1]:
            verdicts.bar(seen_rows(context, version, picked))
            if len(picked) == 1:
                show_row(context, dataset, picked[0])


def _total(context: Context, version: Version, where: RowFilter) -> int | None:
    """How many rows there are; None while a long list is gone through for it."""
    store, version_id = context.store, version.version_id
    if where == RowFilter() or version.row_count <= COUNTED_AT_ONCE:
        return count_rows(store, version_id, where)
    return result_of(
        context, ("rows", version_id, where), lambda: count_rows(store, version_id, where), waiting=stored("Looking")
    )


def _download(tools: Tools, listed: Listed, version: Version, where: RowFilter, total: int) -> None:
    store, version_id, columns = tools.context.store, version.version_id, listed.columns

    def write(out: Path, format_name: Format, plainly: bool) -> Path:
        return export_list(store, version_id, out, format_name, where, listed.order, columns, plainly)

    key = f"rows {version_id} {where!r} {listed.order!r} {columns!r}"
    download_button(tools, listed, total, f"{tools.dataset.name}-v{version.number}", write, key)


def _page(
    context: Context, version: Version, where: RowFilter, order: RowOrder, offset: int, size: int
) -> list[Example] | None:
    """A page of the list as it is sorted; None while it is being sorted, which a long one takes a second for."""
    store, version_id = context.store, version.version_id
    if (order == BY_ROW and where == RowFilter()) or version.row_count <= COUNTED_AT_ONCE:
        return page_rows(store, version_id, where, size, offset, order)
    start = offset - offset % SORTED_AT_ONCE
    found = result_of(
        context,
        ("sorted rows", version_id, where, order, start),
        lambda: page_of_ids(store, version_id, where, SORTED_AT_ONCE, start, order),
        waiting=stored("Sorting"),
    )
    return None if found is None else get_rows(store, version_id, found[offset - start :][:size])


def _records_of(
    context: Context, tools: Tools, listed: Listed, rows: Sequence[Example], verdicts: Mapping[int, str]
) -> dict[str, list[object]]:
    """The table's columns by their titles: those of the list that hold something, what else shows an example, and what
    was decided."""
    drawing, target = drawing_of(tools.dataset), target_of(tools.dataset)
    names = {one.column: one.name for one in tools.dataset.attributes}
    found: dict[str, list[object]] = {}
    for one in listed.columns:
        title = one.title
        if one.column == WORDS:
            if drawing.cell:
                found[drawing.cell] = drawing.cells(context, rows)
            found[title] = [line_of(tools.dataset, row, CELL_CHARACTERS) for row in rows]
        elif one.column in ("label", "given_label"):
            labels = [getattr(row, one.column) for row in rows]
            found[title] = [
                None if label is None else label_said(target, label, row.text)
                for row, label in zip(rows, labels, strict=True)
            ]
        elif one.column in names:
            name = names[one.column]
            found[title] = [value_said(tools.dataset, name, row.attributes[name]) for row in rows]
        else:
            found[title] = [getattr(row, one.column) for row in rows]
    changed = any(row.label != row.given_label for row in rows)
    given = next(one for one in tools.columns if one.column == "given_label")
    if changed and given not in listed.columns and not _chosen(listed, tools):
        found[given.title] = [
            None
            if row.given_label is None or row.given_label == row.label
            else label_said(target, row.given_label, row.text)
            for row in rows
        ]
    if verdicts:
        found["verdict"] = [verdicts.get(row.example_id) for row in rows]
    optional = {one.title for one in tools.columns if one.column in ("split", "source_id")}
    return {
        title: values
        for title, values in found.items()
        if title not in optional or _chosen(listed, tools) or any(value is not None for value in values)
    }


def _chosen(listed: Listed, tools: Tools) -> bool:
    """Whether the columns are not the usual ones."""
    return listed.columns != rows_listed(tools.dataset, {}).columns


def _table(tools: Tools, listed: Listed, columns: Mapping[str, Sequence[object]], title: str, table_key: str) -> None:
    drawing, order = drawing_of(tools.dataset), listed.order
    configured: dict[str, Any] = {}
    for one in tools.columns:
        named, above = one.title, head(tools, one, order)
        helped = None if one.name == tools.title(one) else say("“{name}” in files", name=one.name)
        if one.column == WORDS:
            configured[named] = st.column_config.TextColumn(above, width="large", help=helped)
        elif one.column == EXAMPLE_ID:
            configured[named] = st.column_config.NumberColumn(above, width="small", format="%d", help=helped)
        else:
            configured[named] = st.column_config.Column(above, help=helped)
    if drawing.cell:
        configured[drawing.cell] = drawing.column("small")
    configured["verdict"] = st.column_config.Column(say("verdict"))
    rows = len(next(iter(columns.values())))
    st.dataframe(
        dict(columns),
        hide_index=True,
        column_config=configured,
        placeholder="",
        row_height=task_named(tools.dataset.task).modality.row_height,
        height="content" if rows <= 12 else 560,
        on_select=lambda: sort_by_header(tools, order, BY_ROW, table_key),
        selection_mode=["multi-row", "single-cell", WHOLE_HEADER],
        key=table_key,
        alt=title,
    )
