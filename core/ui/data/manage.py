"""Data, view Rename and delete; and the trash, from which a deleted dataset comes back."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset
from core.services.datasets import delete, rename, restore
from core.settings import TRASH_DAYS
from core.store.datasets import list_datasets, trashed_at
from core.ui import keys
from core.ui.parts.problems import plain, shown_errors
from core.words import say


def rename_or_delete(context: Context, dataset: Dataset) -> None:
    """Two small forms."""
    left, right = st.columns(2, gap="medium")
    with left, shown_errors():
        _rename(context, dataset)
    with right, shown_errors():
        _delete(context, dataset)


def trash(context: Context) -> None:
    """What was deleted and can still come back; nothing while the trash is empty."""
    trashed = list_datasets(context.store, "trashed")
    if not trashed:
        return
    st.markdown(f"**{say('Trash')}**")
    with st.container(border=True, gap="xsmall"):
        for dataset in trashed:
            with shown_errors():
                _trashed(context, dataset)


def _rename(context: Context, dataset: Dataset) -> None:
    with st.form("rename"):
        st.markdown(f"**{say('Rename')}**")
        name = st.text_input(say("Name"), value=dataset.name, max_chars=120)
        if st.form_submit_button(say("Rename")) and name != dataset.name:
            renamed = rename(context, dataset.dataset_id, name)
            st.query_params[keys.DATASET] = renamed.name
            st.rerun()


def _delete(context: Context, dataset: Dataset) -> None:
    with st.form("delete"):
        st.markdown(f"**{say('Delete')}**")
        typed = st.text_input(
            say("Type {name} to confirm", name=plain(dataset.name)),
            help=say("All its versions, scans and decisions go to the trash for {days} days.", days=TRASH_DAYS),
        )
        if st.form_submit_button(say("Move to the trash"), icon=":material/delete:"):
            if typed.strip() != dataset.name:
                st.error(say("That is not the name: type {name} to delete it.", name=plain(dataset.name)))
                return
            delete(context, dataset.dataset_id)
            st.toast(say("{name} is in the trash for {days} days.", name=plain(dataset.name), days=TRASH_DAYS))
            st.query_params.pop(keys.DATASET, None)
            st.rerun()


def _trashed(context: Context, dataset: Dataset) -> None:
    when = trashed_at(context.store, dataset.dataset_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(dataset.name), width="content")
        deleted = say("{n:,} rows · deleted {when:%Y-%m-%d %H:%M}", n=dataset.row_count, when=when) if when else ""
        st.caption(deleted, width="content")
        st.space("stretch")
        if st.button(say("Restore"), key=f"restore-{dataset.dataset_id}", icon=":material/restore_from_trash:"):
            restore(context, dataset.dataset_id)
            st.rerun()
