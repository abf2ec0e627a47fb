"""The saved views of a list: open one, save what is shown, rename and delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.records import View
from core.services.views import OF_PAGE, delete_view, rename_view, save_view, views_of
from core.ui.lists.tools import Tools
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.guard import current_user
from core.ui.url import put
from core.words import say


def views_button(tools: Tools, query: Mapping[str, str]) -> None:
    """The saved views of the dataset: open one, save this one, rename and delete."""
    box = st.popover(say("Views"), icon=":material/bookmark:", type="tertiary", key="list-views", on_change="rerun")
    if not box.open:
        return
    with box, shown_errors():
        found = [view for view in views_of(tools.context, tools.dataset) if view.page == tools.page]
        for view in found:
            st.button(
                plain(view.name),
                icon=":material/bookmark:",
                type="tertiary",
                key=f"view-open-{view.name}",
                help=say("Saved by {user}. The address then is its link.", user=plain(view.saved_by)),
                on_click=_open,
                args=(view,),
            )
        if not found:
            st.caption(say("A view is a filter, an order and columns under a name, for all who work on the dataset."))
        st.text_input(say("Name"), key="view-name", placeholder=say("Name of this view"), max_chars=80)
        name = str(st.session_state.get("view-name") or "")
        taken = any(view.name == " ".join(name.split()) for view in found)
        if st.button(say("Replace it") if taken else say("Save this view"), key="view-save", disabled=not name.strip()):
            save_view(tools.context, tools.dataset, name, tools.page, query, current_user())
            st.rerun()
        if found:
            _manage(tools, [view.name for view in found])


def _manage(tools: Tools, names: Sequence[str]) -> None:
    with st.expander(say("Rename or delete")):
        name = st.selectbox(say("View"), names, key="view-chosen")
        to = st.text_input(say("New name"), key="view-renamed", max_chars=80)
        with st.container(horizontal=True):
            if st.button(say("Rename"), key="view-rename", disabled=not (to or "").strip()):
                rename_view(tools.context, tools.dataset, name, to)
                st.rerun()
            if st.button(say("Delete"), key="view-delete", help=say("No row is touched")):
                delete_view(tools.context, tools.dataset, name)
                st.rerun()


def _open(view: View) -> None:
    """Shows a view: the address says what is shown, and the widgets follow it."""
    query = dict(view.query)
    put({key: query.get(key) or None for key in OF_PAGE[view.page]})
