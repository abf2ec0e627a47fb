"""A table of rows that pages from the store: never more than one page of rows is in memory or on the wire. What stands
above it (`core.ui.lists.tools`) narrows, sorts and writes the list as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.context import Context
from core.modalities import WORDS
from core.records import Dataset, Example, RowFilter, RowOrder, Version
from core.services.lists.asked import MATCH_ORDER, Listed, rows_listed
from core.services.lists.columns import SIMILARITY, row_columns
from core.services.lists.columns import with_similarity as similarity_first
from core.services.lists.facts import fact_columns
from core.services.review.among import OfVersion
from core.services.views import ROWS
from core.store.export import Format
from core.store.export_lists import export_list
from core.store.masked import said_shown
from core.store.row_facts import as_of
from core.store.rows import BY_ROW, count_and_page_of_ids, count_rows, get_rows, page_rows
from core.store.search.alike import alike
from core.store.search.rank import BEST, words_asked
from core.ui import keys
from core.ui.filters.similar_to import asked_for
from core.ui.lists.acts.act_on_all import ActOnAll
from core.ui.lists.layout import columns_button, layout_switch, rows_of_page
from core.ui.lists.paging import paged, pages
from core.ui.lists.rows import picked_rows, show_row
from core.ui.lists.seen import seen_rows
from core.ui.lists.table import DECIDED, Table
from core.ui.lists.tools import (
    Tools,
    download_button,
    list_query,
    sort_box,
)
from core.ui.lists.verdict_bar import Seen, Verdicts
from core.ui.lists.views import views_button
from core.ui.modalities import drawing_of
from core.ui.parts.background import result_of
from core.ui.parts.labels import label_said, target_of
from core.ui.parts.problems import plain
from core.words import ENGLISH, say, say_n, speaking, stored

PAGE_ROWS = 50
SORTED_AT_ONCE = 10 * PAGE_ROWS
"""Rows whose order is worked out together and kept: the first of a million are found sooner the fewer they are."""
MOST_ALIKE = RowOrder(SIMILARITY.column, descending=True, added=True)
COUNTED_AT_ONCE = 50_000
"""A version of no more rows is gone through while the page is drawn; a longer one beside it."""


def row_tools(context: Context, dataset: Dataset, version: Version) -> Tools:
    """What the lists of a version's rows have above them."""
    columns = row_columns(dataset)
    titles = {WORDS: drawing_of(dataset).words_title}
    return Tools(context, dataset, version.version_id, ROWS, columns, titles, facts=fact_columns(columns))


def row_browser(
    context: Context,
    dataset: Dataset,
    version: Version,
    where: RowFilter,
    *,
    title: Callable[[], str],
    key: str,
    similar: Mapping[int, float] | None = None,
) -> None:
    """The rows of the version that `where` lets through: paged, downloadable, one of them shown whole and judged. Their
    layout, order and columns stand in the URL.

    `title` says in words which rows these are; what is decided on them keeps it in English. `key` must be unique on the
    page; a filter of its own gives a page number of its own. `similar`: how alike each of these rows is to another one,
    in the order in which they stand where no other is chosen; a filter may ask for that too.
    """
    tools = row_tools(context, dataset, version)
    query = list_query(tools)
    listed = rows_listed(dataset, query)
    if similar is None and (similar := alike(context.store, version.version_id, where)) is not None:
        asked_for(context, dataset, version, where)
    best = {MATCH_ORDER: say("best match first")} if words_asked(where) and similar is None else {}
    if listed.order == BEST and not best:  # nothing is looked for any more
        listed = replace(listed, order=BY_ROW)
    order = listed.order
    with speaking(ENGLISH):
        among = title()
    told = said_shown(context.store, dataset.dataset_id, title())
    verdicts = Verdicts(context, dataset, version, f"{key}-verdicts", among=among)
    acts = ActOnAll(context, dataset, f"{key}-many")
    total = _total(context, version, where, order) if similar is None else len(similar)
    if total is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-bar"):
        st.markdown(f"**{plain(told)}**", width="content")
        st.caption(say_n("{n:,} row", "{n:,} rows", total), width="content")
        if total:
            layout = layout_switch(dataset)
            sort_box(tools, order, BY_ROW, say("as loaded") if similar is None else say("most alike first"), best)
            columns_button(tools, listed)
        views_button(tools, query)
        if total:
            acts.button(OfVersion(version.version_id, where), among, total, "relabel", shown=told)
            _download(tools, listed, version, where, total, similar)
    if not total:
        st.caption(say("No row matches."))
        return
    size = rows_of_page(layout, PAGE_ROWS)
    page_key = f"{key}-{hash((where, order, size)):x}"

    def read(offset: int) -> list[Example] | None:
        if similar is not None and order == BY_ROW:
            return get_rows(context.store, version.version_id, list(similar)[offset : offset + size])
        return _page(context, version, where, order, offset, size)

    rows = paged(page_key, size, read, lambda _: total)
    if rows is None:
        return
    if layout != "table":
        places = st.columns([3, 2]) if verdicts.opened in [row.example_id for row in rows] else [st.container()]
        with places[0]:
            pages(page_key, size, total)
            verdicts.tiles(_alike(seen_rows(context, version, rows), similar), layout)
        if len(places) > 1:
            with places[1]:
                opened = next(row for row in rows if row.example_id == verdicts.opened)
                show_row(context, dataset, opened, version=version)
        return
    shown = hash((where, order))  # not the columns: derived ones come later, and what was picked stays picked
    table_key = f"{key}-table-{st.session_state.get(page_key, 1)}-{shown:x}"
    picked = picked_rows(table_key, rows)
    places = st.columns([3, 2] if picked else 1)
    with places[0]:
        _table(tools, listed, rows, verdicts.words(rows), told, table_key, similar)
        pages(page_key, size, total)
    if picked:
        with places[1]:
            verdicts.bar(seen_rows(context, version, picked))
            if len(picked) == 1:
                show_row(context, dataset, picked[0], version=version)


def _total(context: Context, version: Version, where: RowFilter, order: RowOrder) -> int | None:
    """How many rows there are; None while a long list is gone through for it, and sorted at once."""
    if where == RowFilter() or version.row_count <= COUNTED_AT_ONCE:
        return count_rows(context.store, version.version_id, where)
    found = _sorted(context, version, where, order, 0)
    return None if found is None else found[0]


def _sorted(
    context: Context, version: Version, where: RowFilter, order: RowOrder, start: int
) -> tuple[int, list[int]] | None:
    """How many rows there are, and the next ids from `start` on; None until they are found."""
    return result_of(
        context,
        ("sorted rows", version.version_id, where, as_of(context.store, where), order, start),
        lambda: count_and_page_of_ids(context.store, version.version_id, where, SORTED_AT_ONCE, start, order),
        waiting=stored("Sorting"),
    )


def _download(
    tools: Tools, listed: Listed, version: Version, where: RowFilter, total: int, similar: Mapping[int, float] | None
) -> None:
    store, version_id = tools.context.store, version.version_id
    if similar is not None:
        listed = replace(listed, columns=similarity_first(listed.columns))
    columns, like = listed.columns, st.query_params.get(keys.LIKE, "")

    def write(out: Path, format_name: Format, plainly: bool) -> Path:
        return export_list(store, version_id, out, format_name, where, listed.order, columns, plainly, similar)

    named = "" if similar is None else f" {tuple(similar.items())!r}"
    name = f"{tools.dataset.name}-v{version.number}{'' if similar is None else f'-like-{like}' if like else '-similar'}"
    download_button(
        tools,
        listed,
        total,
        name,
        write,
        f"rows {version_id} {where!r} {as_of(store, where)} {listed.order!r} {columns!r}{named}",
    )


def _page(
    context: Context, version: Version, where: RowFilter, order: RowOrder, offset: int, size: int
) -> list[Example] | None:
    """A page of the list as it is sorted; None while it is being sorted, which a long one takes a second for."""
    store, version_id = context.store, version.version_id
    if (order == BY_ROW and where == RowFilter()) or version.row_count <= COUNTED_AT_ONCE:
        return page_rows(store, version_id, where, size, offset, order)
    start = offset - offset % SORTED_AT_ONCE
    found = _sorted(context, version, where, order, start)
    return None if found is None else get_rows(store, version_id, found[1][offset - start :][:size])


def _alike(rows: Sequence[Seen], similar: Mapping[int, float] | None) -> list[Seen]:
    """Rows as tiles show them, with how alike each is."""
    if similar is None:
        return list(rows)
    return [with_similarity(one, similar[one.example.example_id]) for one in rows]


def with_similarity(row: Seen, similarity: float) -> Seen:
    """A row as tiles and cards show it, with how alike it is to another one."""
    said = say("{similarity:.2f} alike", similarity=similarity)
    return replace(row, caption=said, beside=f"{similarity:.2f}")


def _table(
    tools: Tools,
    listed: Listed,
    rows: Sequence[Example],
    verdicts: Mapping[int, str],
    title: str,
    key: str,
    similar: Mapping[int, float] | None,
) -> None:
    """Labels as they were loaded stand beside those that were changed, where nobody has chosen the columns; how alike
    rows are stands before all else."""
    usual = rows_listed(tools.dataset, {}).columns
    alike = [] if similar is None else [SIMILARITY]
    order = MOST_ALIKE if alike and listed.order == BY_ROW else listed.order
    shown = replace(listed, columns=(*alike, *listed.columns), order=order)
    table = Table(tools, shown, BY_ROW, (*alike, *usual), key, title, formats={SIMILARITY.column: _similarity_column})
    target = target_of(tools.dataset)
    loaded = [
        None if row.given_label in (None, row.label) else label_said(target, row.given_label, row.text) for row in rows
    ]
    given = [one for one in tools.columns if one.column == "given_label" and table.as_usual and any(loaded)]
    decided = [verdicts.get(row.example_id) for row in rows]
    added: dict[str, Sequence[object]] = {"given_label": loaded, DECIDED.column: decided}
    if similar is not None:
        added[SIMILARITY.column] = [similar[row.example_id] for row in rows]
    table.draw(rows, added, also=[*given, DECIDED])


def _similarity_column(title: str) -> Any:
    return st.column_config.NumberColumn(
        title,
        format="%.2f",
        width=72,
        help=say("How alike the rows are: 1 is identical, 0 nothing in common (cosine of the embeddings)."),
    )
