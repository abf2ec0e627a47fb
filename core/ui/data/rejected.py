"""Data, view Set aside: the rows that did not load, with line and reason, to look at and to download."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.context import Context
from core.records import MISFIT, Dataset
from core.services.spans.words import layout_words
from core.store.record_lists.set_aside import set_aside_rows
from core.ui.lists.record_list import Lines, RecordList, Shown, record_tools
from core.ui.parts.empty import empty_state
from core.ui.shell.pages import link
from core.words import later, say, say_n, say_stored

COLUMNS = ("file", "line", "reason", "content")


def set_aside(context: Context, dataset: Dataset) -> None:
    """The rows that did not load: counted, narrowed, sorted, paged, downloadable."""
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
        st.caption(say("Mend these rows in the source, then load it again."), width="content")
    records, column = set_aside_rows(context.store, dataset), st.column_config
    titles = {"content": later("beginning of what stood there")}
    RecordList(
        record_tools(context, dataset, records, "rejected", titles, {"reason": reason_said}),
        records,
        COLUMNS,
        say("by file and line"),
        dataset.rejected_count,
        "rejected-page",
        f"{name}-set-aside",
        _shown,
        say("Rows set aside while loading"),
        {
            "line": partial(column.NumberColumn, width="small", format="%d"),
            "reason": partial(column.TextColumn, width="large"),
            "content": partial(column.TextColumn, width="large"),
        },
    ).draw(lambda total: say_n("{n:,} row", "{n:,} rows", total), say("No row matches these filters."))


def _shown(lines: Lines) -> Shown:
    found = {name: [line[name] for line in lines] for name in COLUMNS}
    return found | {"reason": [reason and reason_said(str(reason)) for reason in found["reason"]]}


def reason_said(said: str) -> str:
    """Why a row did not load, in the language of whoever looks: each of its values that do not fit by itself."""
    first, *others = said.split(f"; {MISFIT}")
    return "; ".join(map(_one, (first, *(f"{MISFIT}{one}" for one in others))))


def _one(said: str) -> str:
    reason, colon, about = said.partition(": ")
    whole = say_stored(said)
    return whole if whole != said or not colon else say("{field}: {value}", field=say_stored(reason), value=about)
