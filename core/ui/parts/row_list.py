"""A table of rows that pages from the store: never more than one page of rows is in memory or on the wire. A box or the
table's own header sorts the list as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.context import Context
from core.modalities import WORDS
from core.records import Dataset, Example, RowFilter, RowOrder, Version
from core.store.rows import BY_ROW, count_rows, get_rows, page_of_ids, page_rows
from core.tasks import task_named
from core.ui.modalities import CELLS, drawing_of, line_of
from core.ui.parts.background import result_of
from core.ui.parts.csv_text import csv_button, csv_text, csv_title
from core.ui.parts.paging import WHOLE_HEADER, paged, pages
from core.ui.parts.problems import plain
from core.ui.parts.rows import picked_row, show_row

PAGE_ROWS = 50
SORTED_AT_ONCE = 100 * PAGE_ROWS
"""Rows whose order is worked out together and kept: a list of a million is never in memory."""
CSV_ROWS = 10_000
"""A list's own CSV stops here: whole versions are exported on the Data page."""
CELL_CHARACTERS = 400
"""A longer text is cut in the table and shown whole beside it when its row is picked."""
FIXED = {
    "row": "example_id",
    "example": WORDS,
    "label": "label",
    "as loaded": "given_label",
    "split": "split",
    "id": "source_id",
}
"""Columns of the table that the store sorts by, and what it calls them."""
UP, DOWN = "↑", "↓"


def row_browser(
    context: Context, dataset: Dataset, version: Version, where: RowFilter, *, title: str, key: str
) -> None:
    """The rows of the version that `where` lets through: paged, downloadable, one of them shown whole.

    `key` must be unique on the page; a filter of its own gives a page number of its own.
    """
    total = count_rows(context.store, version.version_id, where)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-bar"):
        st.markdown(f"**{plain(title)}**", width="content")
        st.caption("1 row" if total == 1 else f"{total:,} rows", width="content")
        if total:
            order = _sort_box(dataset, key)
            csv_button(
                lambda: _csv(context, dataset, version, where, order),
                f"{dataset.name}-v{version.number}.csv",
                key=f"{key}-csv",
                title=csv_title(total, CSV_ROWS),
                explained=f"{plain(title)}. A whole version is exported on the Data page.",
            )
    if not total:
        st.caption("No row matches.")
        return
    page_key = f"{key}-{hash((where, order)):x}"
    rows = paged(page_key, PAGE_ROWS, lambda offset: _page(context, version, where, order, offset), lambda _: total)
    if rows is None:
        return
    table_key = f"{key}-table-{st.session_state.get(page_key, 1)}-{hash((where, order)):x}"
    picked = picked_row(table_key, rows)
    places = st.columns([3, 2] if picked else 1)
    with places[0]:
        _table(dataset, _records_of(context, dataset, rows), title, table_key, key)
        pages(page_key, PAGE_ROWS, total)
    if picked:
        with places[1]:
            show_row(context, dataset, picked)


def _page(context: Context, version: Version, where: RowFilter, order: RowOrder, offset: int) -> list[Example] | None:
    """A page of the list as it is sorted; None while it is being sorted, which a long one takes a second for."""
    store, version_id = context.store, version.version_id
    if order == BY_ROW:
        return page_rows(store, version_id, where, PAGE_ROWS, offset)
    start = offset - offset % SORTED_AT_ONCE
    found = result_of(
        context,
        ("sorted rows", version_id, where, order, start),
        lambda: page_of_ids(store, version_id, where, SORTED_AT_ONCE, start, order),
        waiting="Sorting",
    )
    return None if found is None else get_rows(store, version_id, found[offset - start :][:PAGE_ROWS])


def _records_of(
    context: Context, dataset: Dataset, rows: Sequence[Example], *, whole: bool = False
) -> list[dict[str, object]]:
    """Table rows: example, label, split, the source's id, attributes; what else shows the example, and labels in words,
    unless `whole`."""
    drawing, target = drawing_of(dataset), task_named(dataset.task).target

    def words(label: str | None) -> str | None:
        return label if whole or label is None else target.words(label)

    cells = [] if whole else drawing.cells(context, rows)
    records = []
    for place, row in enumerate(rows):
        record: dict[str, object] = {"row": row.example_id}
        if cells and drawing.cell:
            record[drawing.cell] = cells[place]
        record |= {"example": row.text if whole else line_of(dataset, row, CELL_CHARACTERS), "label": words(row.label)}
        if row.label != row.given_label:
            record["as loaded"] = words(row.given_label)
        record |= {"split": row.split, "id": row.source_id}
        records.append(record | {_attribute_title(name): value for name, value in row.attributes.items()})
    return _without_empty(records, ("split", "id"))


def _table(dataset: Dataset, records: Sequence[Mapping[str, object]], title: str, table_key: str, key: str) -> None:
    columns = list(dict.fromkeys(name for record in records for name in record))
    head, drawing = _sorted_head(key), drawing_of(dataset)
    st.dataframe(
        {name: [record.get(name) for record in records] for name in columns},
        hide_index=True,
        column_config={
            **{name: st.column_config.Column(head(name)) for name in columns},
            "row": st.column_config.NumberColumn(head("row"), width="small", format="%d"),
            **({drawing.cell: drawing.column("small")} if drawing.cell else {}),
            "example": st.column_config.TextColumn(head("example", drawing.words_title), width="large"),
        },
        placeholder="",
        row_height=task_named(dataset.task).modality.row_height,
        height="content" if len(records) <= 12 else 560,
        on_select=lambda: _sort_by_header(dataset, key, table_key),
        selection_mode=["single-row", WHOLE_HEADER],
        key=table_key,
        alt=title,
    )


def _csv(context: Context, dataset: Dataset, version: Version, where: RowFilter, order: RowOrder) -> bytes:
    """The list from its start, whole texts instead of their beginnings."""
    rows = page_rows(context.store, version.version_id, where, CSV_ROWS, 0, order)
    records = _records_of(context, dataset, rows, whole=True)
    return csv_text(list(dict.fromkeys(name for record in records for name in record)), records)


def _without_empty(records: list[dict[str, object]], optional: tuple[str, ...]) -> list[dict[str, object]]:
    empty = {name for name in optional if all(record.get(name) is None for record in records)}
    return [{name: value for name, value in record.items() if name not in empty} for record in records]


def _attribute_title(name: str) -> str:
    """What the table calls an attribute: its name, unless a column of Winnow's own has that."""
    return f"{name} (attribute)" if name in {*FIXED, *CELLS} else name


def _sort_box(dataset: Dataset, key: str) -> RowOrder:
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


def _sort_by_header(dataset: Dataset, key: str, table_key: str) -> None:
    """A click on a header: ascending, then descending, then as loaded. For the table's callback."""
    chosen = st.session_state[table_key]["selection"]["columns"]
    if not chosen or chosen[0] not in _columns(dataset):
        return
    up, down = f"{chosen[0]} {UP}", f"{chosen[0]} {DOWN}"
    first = down if chosen[0] == "row" else up
    st.session_state[_state(key)] = {None: first, up: down, down: None}.get(st.session_state.get(_state(key)), first)


def _sorted_head(key: str) -> Callable[..., str]:
    """What stands over a column of the table: its title, or another, with an arrow where the list is sorted by it."""
    by = str(st.session_state.get(_state(key)) or "")

    def head(title: str, shown: str | None = None) -> str:
        arrow = next((mark for mark in (UP, DOWN) if by == f"{title} {mark}"), "")
        return f"{shown or title} {arrow}".strip()

    return head


def _state(key: str) -> str:
    return f"{key}-order"


def _columns(dataset: Dataset) -> Mapping[str, str]:
    return FIXED | {_attribute_title(one.name): one.column for one in dataset.attributes}
