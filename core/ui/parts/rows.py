"""A table of rows that pages from the store: never more than one page of rows is in memory or on the wire."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import streamlit as st

from core.records import Dataset, Example, RowFilter, RowOrder, Version
from core.services.context import Context
from core.services.media import mime_of, original, shown, thumbnail
from core.store.rows import BY_ROW, count_rows, get_rows, page_of_ids, page_rows
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
LONG_TEXT = 1_500
"""Characters from which on a picked text scrolls in a frame of `LONG_TEXT_PIXELS`."""
LONG_TEXT_PIXELS = 380
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
        _table(dataset, records_of(context, rows), title, table_key, key)
        pages(page_key, PAGE_ROWS, total)
    if picked:
        with places[1]:
            show_row(context, picked)


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


def show_row(context: Context, example: Example) -> None:
    """One row whole: the text or the image, whose original opens from here, its labels and its attributes."""
    with st.container(border=True):
        changed = None if example.given_label == example.label else example.given_label
        facts = {"label": example.label, "as loaded": changed, "split": example.split, "id": example.source_id}
        told = " · ".join(f"{name}: **{plain(str(value))}**" for name, value in facts.items() if value is not None)
        st.caption(f"row {example.row_id} · {told}")
        if example.media_id is not None:
            _image(context, example, example.media_id)
        else:
            with st.container(
                height=LONG_TEXT_PIXELS if len(example.text or "") > LONG_TEXT else "content", border=False
            ):
                st.text(example.text or "")
        if example.attributes:
            st.table({plain(name): _cell(value) for name, value in example.attributes.items()}, border="horizontal")


def _image(context: Context, example: Example, media_id: str) -> None:
    name = example.text or f"row {example.row_id}"
    st.image(shown(context, media_id)[0], caption=plain(name), width=320)
    st.download_button(
        "Original",
        lambda: original(context, media_id)[0],
        file_name=name.rsplit("/", 1)[-1],
        mime=mime_of(media_id),
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"original-{example.row_id}",
        help="The file as it was loaded; a large one is shown smaller here.",
    )


def records_of(context: Context, rows: Sequence[Example], *, whole: bool = False) -> list[dict[str, object]]:
    """Table rows: example, label, split, the source's id, attributes; images as thumbnails unless `whole`."""
    images = bool(rows) and rows[0].media_id is not None and not whole
    records = []
    for row in rows:
        record: dict[str, object] = {"row": row.row_id}
        if images and row.media_id is not None:
            record["image"] = data_url(thumbnail(context, row.media_id))
        record |= {"example": row.text if whole else (row.text or "")[:CELL_CHARACTERS], "label": row.label}
        if row.label != row.given_label:
            record["as loaded"] = row.given_label
        record |= {"split": row.split, "id": row.source_id}
        records.append(record | {attribute_title(name): value for name, value in row.attributes.items()})
    return _without_empty(records, ("split", "id"))


def data_url(webp: bytes) -> str:
    """A thumbnail as the table takes it."""
    return "data:image/webp;base64," + base64.b64encode(webp).decode()


def picked_row(key: str, rows: Sequence[Example]) -> Example | None:
    """The row picked in the table of that key: known before the table is drawn, so that there is room beside it."""
    state = st.session_state.get(key)
    selected = state["selection"]["rows"] if state else []
    return rows[selected[0]] if selected and selected[0] < len(rows) else None


def _table(dataset: Dataset, records: Sequence[Mapping[str, object]], title: str, table_key: str, key: str) -> None:
    columns = list(dict.fromkeys(name for record in records for name in record))
    head = sorted_head(key)
    st.dataframe(
        {name: [record.get(name) for record in records] for name in columns},
        hide_index=True,
        column_config={
            **{name: st.column_config.Column(head(name)) for name in columns},
            "row": st.column_config.NumberColumn(head("row"), width="small", format="%d"),
            "image": st.column_config.ImageColumn("image", width="small"),
            "example": st.column_config.TextColumn(
                head("example", "name" if "image" in columns else "text"), width="large"
            ),
        },
        placeholder="",
        row_height=56 if "image" in columns else None,
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
        records = records_of(context, rows, whole=True)
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
    fields = ("label", "split", "text", "duplicates")
    parts = [f"{field}: {value}" for field in fields if (value := getattr(where, field))]
    if where.attribute:
        parts.append(f"{names.get(where.attribute, where.attribute)}: {_value_in_words(where)}")
    return " · ".join(parts) or "All rows"


def _value_in_words(where: RowFilter) -> str:
    if where.value is not None:
        return where.value
    bounds = ["" if bound is None else f"{bound:g}" for bound in (where.low, where.high)]
    return " – ".join(bounds) if any(bounds) else "missing"
