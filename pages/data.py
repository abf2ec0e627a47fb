"""Data: load a dataset, look at its rows, split, export, rename and delete it."""

from __future__ import annotations

import streamlit as st

from core.ui.data.classes import class_editor
from core.ui.data.export import export_form
from core.ui.data.load import load_form
from core.ui.data.manage import rename_or_delete, trash
from core.ui.data.mask import mask_form
from core.ui.data.rejected import set_aside
from core.ui.data.rows import in_words, named_row, row_filters
from core.ui.data.similar import like_row, rows_like
from core.ui.data.splits import classes_by_part, follow_split, split_form
from core.ui.data.sql import sql_box
from core.ui.lists.row_list import row_browser
from core.ui.parts.choices import view_switch
from core.ui.parts.next_step import next_act
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import BareFrame, open_page
from core.words import later, say

VIEWS = {
    "rows": later("Rows"),
    "load": later("Load data"),
    "sql": "SQL",
    "classes": later("Classes"),
    "splits": later("Splits"),
    "rejected": later("Set aside"),
    "export": later("Export"),
    "manage": later("Rename, delete"),
}


def first_load(bare: BareFrame) -> None:
    """An empty workspace: nothing to look at, so the page is about loading."""
    with shown_errors():
        load_form(bare.context, bare.user)
        trash(bare.context)


frame = open_page("Data", when_empty=first_load)
context, dataset, version, user = frame.context, frame.dataset, frame.version, frame.user
view = view_switch({name: say(title) for name, title in VIEWS.items()})
loading = False
with shown_errors():
    if view == "rows":
        named_row(context, dataset, version)
        where = row_filters(context, dataset, version)
        asked = like_row()
        if asked is None:
            row_browser(context, dataset, version, where, title=lambda: in_words(where, dataset), key="rows")
        else:
            rows_like(context, dataset, version, asked, where)
    elif view == "load":
        loading = load_form(context, user)
    elif view == "sql":
        sql_box(context, dataset, version, user)
    elif view == "classes":
        class_editor(context, dataset)
    elif view == "splits":
        table, form = st.columns([3, 2], gap="medium")
        with table:
            classes_by_part(context, dataset, version)
        with form, shown_errors():
            if not follow_split(context):
                split_form(context, dataset, version, user)
    elif view == "rejected":
        set_aside(context, dataset)
    elif view == "export":
        export_form(context, dataset, version, user)
        mask_form(context, dataset, version, user)
    else:
        rename_or_delete(context, dataset)
        trash(context)
    if not loading:
        next_act(context, dataset, "data", version.number)
