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
    st.markdown("**Trash**")
    with st.container(border=True, gap="xsmall"):
        for dataset in trashed:
            with shown_errors():
                _trashed(context, dataset)


def _rename(context: Context, dataset: Dataset) -> None:
    with st.form("rename"):
        st.markdown("**Rename**")
        name = st.text_input("Name", value=dataset.name, max_chars=120)
        if st.form_submit_button("Rename") and name != dataset.name:
            renamed = rename(context, dataset.dataset_id, name)
            st.query_params[keys.DATASET] = renamed.name
            st.rerun()


def _delete(context: Context, dataset: Dataset) -> None:
    with st.form("delete"):
        st.markdown("**Delete**")
        typed = st.text_input(
            f"Type {plain(dataset.name)} to confirm",
            help=f"All its versions, scans and decisions go to the trash for {TRASH_DAYS} days.",
        )
        if st.form_submit_button("Move to the trash", icon=":material/delete:"):
            if typed.strip() != dataset.name:
                st.error(f"That is not the name: type {plain(dataset.name)} to delete it.")
                return
            delete(context, dataset.dataset_id)
            st.toast(f"{plain(dataset.name)} is in the trash for {TRASH_DAYS} days.")
            st.query_params.pop(keys.DATASET, None)
            st.rerun()


def _trashed(context: Context, dataset: Dataset) -> None:
    when = trashed_at(context.store, dataset.dataset_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(dataset.name), width="content")
        st.caption(f"{dataset.row_count:,} rows · deleted {when:%Y-%m-%d %H:%M}" if when else "", width="content")
        st.space("stretch")
        if st.button("Restore", key=f"restore-{dataset.dataset_id}", icon=":material/restore_from_trash:"):
            restore(context, dataset.dataset_id)
            st.rerun()
