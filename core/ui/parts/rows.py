"""A table of rows that pages from the store: never more than one page of rows is in memory or on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.modalities import WORDS
from core.records import Dataset, Example, RowFilter, RowOrder, Version
from core.services.context import Context
from core.store.rows import BY_ROW, count_rows, get_rows, page_of_ids, page_rows
from core.tasks import task_named
from core.ui.modalities import drawing_of
from core.ui.parts.background import result_of
from core.ui.parts.csv_text import csv_button, csv_text, csv_title
from core.ui.parts.paging import WHOLE_HEADER, paged, pages
from core.ui.parts.problems import plain
from core.ui.parts.sorting import attribute_title, sort_box, sort_by_header, sorted_head

PAGE_ROWS = 50
SORTED_AT_ONCE = 100 * PAGE_ROWS
"""Rows whose order is worked out together and kept: a list of a million is never in memory."""
CSV_ROWS = 10_000
"""A list's own CSV stops here: whole versions are exported on the Data page."""
CELL_CHARACTERS = 400
"""A longer text is cut in the table and shown whole beside it when its row is picked."""


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
            order = sort_box(dataset, key)
            _download(context, dataset, version, where, order, total, title, key)
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
        _table(dataset, records_of(context, dataset, rows), title, table_key, key)
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
        ("sorted rows", version_id, where, order, start),
        lambda: page_of_ids(store, version_id, where, SORTED_AT_ONCE, start, order),
        waiting="Sorting",
    )
    return None if found is None else get_rows(store, version_id, found[offset - start :][:PAGE_ROWS])


def show_row(context: Context, dataset: Dataset, example: Example) -> None:
    """One row whole: the example, its labels and its attributes."""
    with st.container(border=True):
        changed = None if example.given_label == example.label else example.given_label
        facts = {"label": example.label, "as loaded": changed, "split": example.split, "id": example.source_id}
        told = " · ".join(f"{name}: **{plain(str(value))}**" for name, value in facts.items() if value is not None)
        st.caption(f"row {example.row_id} · {told}")
        drawing_of(dataset).whole(context, example)
        if example.attributes:
            st.table({plain(name): _cell(value) for name, value in example.attributes.items()}, border="horizontal")


def records_of(
    context: Context, dataset: Dataset, rows: Sequence[Example], *, whole: bool = False
) -> list[dict[str, object]]:
    """Table rows: example, label, split, the source's id, attributes; what else shows the example unless `whole`."""
    drawing = drawing_of(dataset)
    cells = [] if whole else drawing.cells(context, rows)
    records = []
    for place, row in enumerate(rows):
        record: dict[str, object] = {"row": row.row_id}
        if cells and drawing.cell:
            record[drawing.cell] = cells[place]
        record |= {"example": row.text if whole else (row.text or "")[:CELL_CHARACTERS], "label": row.label}
        if row.label != row.given_label:
            record["as loaded"] = row.given_label
        record |= {"split": row.split, "id": row.source_id}
        records.append(record | {attribute_title(name): value for name, value in row.attributes.items()})
    return _without_empty(records, ("split", "id"))


def picked_row(key: str, rows: Sequence[Example]) -> Example | None:
    """The row picked in the table of that key: known before the table is drawn, so that there is room beside it."""
    state = st.session_state.get(key)
    selected = state["selection"]["rows"] if state else []
    return rows[selected[0]] if selected and selected[0] < len(rows) else None


def _table(dataset: Dataset, records: Sequence[Mapping[str, object]], title: str, table_key: str, key: str) -> None:
    columns = list(dict.fromkeys(name for record in records for name in record))
    head, drawing = sorted_head(key), drawing_of(dataset)
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
        on_select=lambda: sort_by_header(dataset, key, table_key),
        selection_mode=["single-row", WHOLE_HEADER],
        key=table_key,
        alt=title,
    )


def _download(
    context: Context,
    dataset: Dataset,
    version: Version,
    where: RowFilter,
    order: RowOrder,
    total: int,
    title: str,
    key: str,
) -> None:
    def whole_list() -> bytes:
        rows = page_rows(context.store, version.version_id, where, CSV_ROWS, 0, order)
        records = records_of(context, dataset, rows, whole=True)
        return csv_text(list(dict.fromkeys(name for record in records for name in record)), records)

    csv_button(
        whole_list,
        f"{dataset.name}-v{version.number}.csv",
        key=f"{key}-csv",
        title=csv_title(total, CSV_ROWS),
        explained=f"{plain(title)}. A whole version is exported on the Data page.",
    )


def _without_empty(records: list[dict[str, object]], optional: tuple[str, ...]) -> list[dict[str, object]]:
    empty = {name for name in optional if all(record.get(name) is None for record in records)}
    return [{name: value for name, value in record.items() if name not in empty} for record in records]


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return plain(f"{value:.4g}" if isinstance(value, float) else str(value))


def describe(where: RowFilter, names: Mapping[str, str]) -> str:
    """A filter in words, with the attributes' names: `label: sport · year: 2004`."""
    fields = ("label", "split", WORDS, "duplicates")
    parts = [f"{field}: {value}" for field in fields if (value := getattr(where, field))]
    if where.attribute:
        parts.append(f"{names.get(where.attribute, where.attribute)}: {_value_in_words(where)}")
    return " · ".join(parts) or "All rows"


def _value_in_words(where: RowFilter) -> str:
    if where.value is not None:
        return where.value
    bounds = ["" if bound is None else f"{bound:g}" for bound in (where.low, where.high)]
    return " – ".join(bounds) if any(bounds) else "missing"
