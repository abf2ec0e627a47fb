"""Data, view Set aside: the rows that did not load, with line and reason, to look at and to download."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from core.context import Context
from core.records import Dataset
from core.services.spans.words import layout_words
from core.store.datasets import rejected
from core.ui.lists.paging import WHOLE_HEADER, paged, pages
from core.ui.parts.csv_text import csv_button, csv_text, csv_title
from core.ui.parts.empty import empty_state
from core.ui.shell.pages import link
from core.words import say, say_n, say_stored

PAGE_ROWS = 50
CSV_ROWS = 100_000
COLUMNS = ("file", "line", "reason", "content")


def set_aside(context: Context, dataset: Dataset) -> None:
    """The rows that did not load: counted, paged, downloadable."""
    name = dataset.name
    for line in layout_words(dataset):
        st.caption(line)
    if not dataset.rejected_count:
        empty_state(
            say("Every row loaded"),
            say("Rows that could not be read would be here, with their line and the reason."),
            icon="check_circle",
            action=lambda: link(
                "data", say("Look at the rows"), icon=":material/table_rows:", view="rows", dataset=name
            ),
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        title = say_n("{n:,} row was set aside", "{n:,} rows were set aside", dataset.rejected_count)
        st.markdown(f"**{title}**", width="content")
        st.caption(say("{n:,} loaded", n=dataset.row_count), width="content")
        st.space("stretch")
        csv_button(
            lambda: csv_text(COLUMNS, map(asdict, rejected(context.store, dataset.dataset_id, CSV_ROWS))),
            f"{dataset.name}-set-aside.csv",
            key="rejected-csv",
            title=csv_title(dataset.rejected_count, CSV_ROWS),
            explained=say("Mend these rows in the source, then load it again."),
        )
    rows = paged(
        "rejected-page",
        PAGE_ROWS,
        lambda offset: rejected(context.store, dataset.dataset_id, PAGE_ROWS, offset),
        lambda _: dataset.rejected_count,
    )
    st.dataframe(
        {column: [_shown(column, getattr(row, column)) for row in rows] for column in COLUMNS},
        hide_index=True,
        column_config={
            "file": st.column_config.TextColumn(say("file")),
            "line": st.column_config.NumberColumn(say("line"), width="small", format="%d"),
            "reason": st.column_config.TextColumn(say("reason"), width="medium"),
            "content": st.column_config.TextColumn(say("beginning of what stood there"), width="large"),
        },
        key=f"rejected-table-{st.session_state.get('rejected-page', 1)}",
        on_select="rerun",
        selection_mode=WHOLE_HEADER,
        alt=say("Rows set aside while loading"),
    )
    pages("rejected-page", PAGE_ROWS, dataset.rejected_count)


def _shown(column: str, value: object) -> object:
    """A cell: why a row did not load in the language of whoever looks, the rest as it is."""
    if column != "reason" or not value:
        return value
    reason, colon, about = str(value).partition(": ")
    whole = say_stored(str(value))
    return whole if whole != value or not colon else say("{field}: {value}", field=say_stored(reason), value=about)
