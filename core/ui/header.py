"""The top of every page: its title, pickers of the dataset and version it shows, and who is at work."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.records import Dataset, Version
from core.store.versions import list_versions
from core.ui import keys
from core.ui.guard import current_user, default_user, signed_in
from core.ui.problems import plain
from core.workflow.context import Context


def title_only(title: str) -> None:
    """The header of a page that is about no single dataset."""
    with _bar():
        st.title(title, anchor=False, width="content")
        st.space("stretch")
        _who()


def title_and_pickers(context: Context, title: str, datasets: Sequence[Dataset]) -> tuple[Dataset, Version]:
    """The header of a page about one version of one dataset; both stand in the URL and can be changed.

    `datasets` must not be empty; the first one is shown where the URL names none.
    """
    asked = st.query_params.get(keys.DATASET)
    with _bar():
        st.title(title, anchor=False, width="content")
        dataset = _pick_dataset(datasets)
        versions = list_versions(context.store, dataset.dataset_id)
        version = _pick_version(dataset, versions)
        _facts(dataset, version)
        st.space("stretch")
        _who()
    if asked and asked not in {known.name for known in datasets}:
        st.warning(f"There is no dataset named {plain(asked)}: renamed or deleted? This is {plain(dataset.name)}.")
    return dataset, version


def _bar() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-header")


def _pick_dataset(datasets: Sequence[Dataset]) -> Dataset:
    by_name = {dataset.name: dataset for dataset in datasets}
    if st.session_state.get(keys.DATASET) not in by_name and st.query_params.get(keys.DATASET) not in by_name:
        last = st.session_state.get(keys.LAST_DATASET)
        st.session_state[keys.DATASET] = last if last in by_name else datasets[0].name
    name = st.selectbox(
        "Dataset",
        list(by_name),
        index=None,
        key=keys.DATASET,
        bind="query-params",
        on_change=_forget_version,
        label_visibility="collapsed",
        icon=":material/database:",
        placeholder=datasets[0].name,
        width=220,
    )
    st.session_state[keys.LAST_DATASET] = name
    return by_name.get(str(name), datasets[0])


def _pick_version(dataset: Dataset, versions: Sequence[Version]) -> Version:
    by_number = {str(version.number): version for version in sorted(versions, key=lambda known: -known.number)}
    latest = next(iter(by_number))
    if st.session_state.get(keys.VERSION) not in by_number and st.query_params.get(keys.VERSION) not in by_number:
        st.session_state[keys.VERSION] = latest
    number = st.selectbox(
        "Version",
        list(by_number),
        index=None,
        key=keys.VERSION,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/history:",
        placeholder=latest,
        width=96,
    )
    return by_number.get(str(number), by_number[latest])


def _forget_version() -> None:
    st.session_state[keys.VERSION] = None


def _facts(dataset: Dataset, version: Version) -> None:
    made = {"load": "as loaded", "review": "after review", "split": "with splits"}[version.kind]
    note = f" · {plain(version.note)}" if version.note and version.kind != "load" else ""
    st.caption(
        f"version {version.number} {made}{note} · {version.row_count:,} rows · {len(dataset.labels):,} classes",
        width="content",
    )


def _who() -> None:
    user = current_user()
    with st.popover(user, icon=":material/person:", type="tertiary"):
        if signed_in():
            st.caption(f"Signed in as {plain(user)}")
            st.button("Sign out", on_click=st.logout)
            return
        st.text_input(
            "Your name",
            value=default_user(),
            key=keys.REVIEWER,
            bind="query-params",
            max_chars=80,
            help="Stands beside every decision, version and job that you make.",
        )
