"""Data, view Classes: what each class is called and what belongs in it, in one table that is saved with one press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.context import Context
from core.records import MAX_CLASS_NAME, MAX_GUIDELINE, Dataset
from core.services.classes.adding import add_class, remove_class
from core.services.classes.naming import NamedClass, classes_of, log_of, name_classes, take_back
from core.store.datasets import get_dataset
from core.tasks import target_of
from core.ui.data.class_changes import class_changes
from core.ui.parts.job_words import ago
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.guard import current_user
from core.ui.shell.pages import link
from core.words import later, say, say_n

ROW_PIXELS, SHOWN_ROWS, SHOWN_CHANGES = 35, 14, 20
_CODE, _ROWS, _NAME, _GUIDELINE = later("class"), later("rows"), later("name"), later("guideline")


def class_editor(context: Context, dataset: Dataset) -> None:
    """A line for each class of the newest version: code and rows as they are, name and guideline to be written."""
    dataset = get_dataset(context.store, dataset.dataset_id)
    if target_of(dataset).numeric:
        st.caption(
            say("The labels of this dataset are numbers: it has no classes. The page Profile shows their spread.")
        )
        link("profile", say("Look at the profile"), icon=":material/arrow_forward:", dataset=dataset.name)
        return
    st.caption(
        say(
            "A name is shown wherever the class is; labels, decisions and files keep the code. A guideline says in "
            "some sentences what belongs in the class: reviewers read it at the desk."
        )
    )
    found = classes_of(context, dataset)
    key = f"classes-{dataset.dataset_id}-{context.ledger.classes.newest_of(dataset.dataset_id)}"
    edited = st.data_editor(
        {
            _CODE: [one.code for one in found],
            _ROWS: [one.rows for one in found],
            _NAME: [one.name for one in found],
            _GUIDELINE: [one.guideline for one in found],
        },
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=[_CODE, _ROWS],
        height="content" if len(found) <= SHOWN_ROWS else ROW_PIXELS * SHOWN_ROWS,
        column_config={
            _CODE: st.column_config.TextColumn(say(_CODE), help=say("As labels have it")),
            _ROWS: st.column_config.NumberColumn(say(_ROWS), format="localized", width=72),
            _NAME: st.column_config.TextColumn(say(_NAME), max_chars=MAX_CLASS_NAME, width=180),
            _GUIDELINE: st.column_config.TextColumn(say(_GUIDELINE), max_chars=MAX_GUIDELINE, width="large"),
        },
    )
    names, guidelines = changed(found, edited)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        unchanged = not (names or guidelines)
        if st.button(say("Save"), type="primary", icon=":material/save:", key="classes-save", disabled=unchanged):
            with shown_errors():
                name_classes(context, dataset, current_user(), names, guidelines)
                st.rerun()
        count = len({*names, *guidelines})
        if count:
            said = say_n("{n:,} class changed, not saved yet", "{n:,} classes changed, not saved yet", count)
            st.caption(said, width="content")
    _list(context, dataset, found)
    class_changes(context, dataset, list(found))
    _history(context, dataset)


def _list(context: Context, dataset: Dataset, found: Sequence[NamedClass]) -> None:
    """A class more, or one less where nothing has it."""
    empty = [one.code for one in found if not one.rows]
    with st.form("class-add", border=False, clear_on_submit=True):
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        code = row.text_input(say("A class that no row has yet"), key="class-code", max_chars=MAX_CLASS_NAME, width=260)
        with row:
            add = st.form_submit_button(say("Add the class"), icon=":material/add:")
    less, drop = None, False
    if empty:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            less = st.selectbox(
                say("A class without rows"),
                empty,
                None,
                key="class-less",
                format_func=dataset.called,
                placeholder=say("Choose one"),
                width=260,
            )
            drop = st.button(say("Take it off the list"), icon=":material/remove:", key="class-drop", disabled=not less)
    with shown_errors():
        if add:
            add_class(context, dataset, code)
        elif drop and less:
            remove_class(context, dataset, less)
        if add or drop:
            st.session_state.pop("class-less", None)
            st.rerun()


def changed(found: Sequence[NamedClass], edited: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Names and guidelines by class, of those that the table has otherwise than it was."""
    written = zip(found, edited[_NAME], edited[_GUIDELINE], strict=True)
    lines = [(one, (name or "").strip(), (guideline or "").strip()) for one, name, guideline in written]
    return (
        {one.code: name for one, name, _ in lines if name != one.name},
        {one.code: guideline for one, _, guideline in lines if guideline != one.guideline},
    )


def _history(context: Context, dataset: Dataset) -> None:
    """Who said what, newest first, and the way back."""
    log = log_of(context, dataset)
    if not log:
        return
    shown, now = log[:SHOWN_CHANGES], datetime.now(UTC)
    with st.expander(say("Changes"), icon=":material/history:"):
        st.dataframe(
            {
                say("when"): [ago(one.at, now) for one in shown],
                say("who"): [one.by for one in shown],
                say("class"): [one.code for one in shown],
                say("name"): [one.name for one in shown],
                say("guideline"): [one.guideline for one in shown],
            },
            hide_index=True,
            alt=say("Changes of names and guidelines, newest first"),
        )
        if len(log) > SHOWN_CHANGES:
            newest = say(
                "The newest {n} of {all:,}; `classes {dataset} --log` lists all.",
                n=SHOWN_CHANGES,
                all=len(log),
                dataset=plain(dataset.name),
            )
            st.caption(newest)
        if st.button(say("Take the last change back"), icon=":material/undo:", key="classes-undo"):
            with shown_errors():
                take_back(context, dataset, current_user())
                st.rerun()
