"""The top of every page: its title, pickers of the dataset and version it shows, and who is at work."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.records import Dataset, Version
from core.store.versions import list_versions
from core.ui import keys
from core.ui.guard import current_user, signed_in
from core.ui.problems import plain
from core.ui.url import from_url, to_url
from core.workflow.context import Context


def title_only(title: str) -> None:
    """The header of a page that is about no single dataset."""
    with _bar():
        st.title(title, anchor=False, width="content")
        st.space("stretch")
        _who()


def title_and_pickers(
    context: Context, title: str, datasets: Sequence[Dataset], *, versions: bool = True
) -> tuple[Dataset, Version]:
    """The header of a page about one version of one dataset; both stand in the URL and can be changed.

    `datasets` must not be empty; the first one is shown where the URL names none. Without `versions`, the page is
    about the dataset, and the version is its newest.
    """
    asked = st.query_params.get(keys.DATASET)
    with _bar():
        st.title(title, anchor=False, width="content")
        dataset = _pick_dataset(datasets)
        known = list_versions(context.store, dataset.dataset_id)
        if versions:
            version = _pick_version(known)
            _facts(dataset, version)
        else:
            version = max(known, key=lambda one: one.number)
        st.space("stretch")
        _who()
    if asked and asked not in {known.name for known in datasets}:
        st.warning(f"There is no dataset named {plain(asked)}: renamed or deleted? This is {plain(dataset.name)}.")
    return dataset, version


def _bar() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-header")


def _pick_dataset(datasets: Sequence[Dataset]) -> Dataset:
    by_name = {dataset.name: dataset for dataset in datasets}
    name = from_url(keys.DATASET, list(by_name), st.session_state.get(keys.LAST_DATASET))
    if st.session_state.get(keys.LAST_DATASET) != name:
        st.session_state.pop(keys.LAST_VERSION, None)
    st.session_state[keys.LAST_DATASET] = name
    st.selectbox(
        "Dataset",
        list(by_name),
        key=keys.DATASET,
        on_change=_switch_dataset,
        label_visibility="collapsed",
        icon=":material/database:",
        width=220,
    )
    return by_name[name]


def _pick_version(versions: Sequence[Version]) -> Version:
    by_number = {str(version.number): version for version in sorted(versions, key=lambda known: -known.number)}
    number = from_url(keys.VERSION, list(by_number), st.session_state.get(keys.LAST_VERSION))
    st.session_state[keys.LAST_VERSION] = number
    st.selectbox(
        "Version",
        list(by_number),
        key=keys.VERSION,
        on_change=to_url,
        args=(keys.VERSION,),
        label_visibility="collapsed",
        icon=":material/history:",
        width=88,
    )
    return by_number[number]


def _switch_dataset() -> None:
    to_url(keys.DATASET)
    st.session_state.pop(keys.LAST_VERSION, None)
    for key in (keys.VERSION, keys.RUN, keys.WITH, keys.TRUE, keys.PREDICTED, keys.CLASS):
        st.query_params.pop(key, None)


def _facts(dataset: Dataset, version: Version) -> None:
    made = {"load": "as loaded", "review": "after review", "split": "with splits"}[version.kind]
    note = f" · {plain(version.note)}" if version.note and version.kind != "load" else ""
    st.caption(
        f"version {version.number} {made}{note} · {version.row_count:,} rows · {len(dataset.labels):,} classes",
        width="content",
    )


def _who() -> None:
    user = current_user()
    with st.popover(plain(user), icon=":material/person:", type="tertiary"):
        if signed_in():
            st.caption(f"Signed in as {plain(user)}")
            st.button("Sign out", on_click=st.logout)
            return
        st.text_input(
            "Your name",
            value=user,
            key=keys.REVIEWER_INPUT,
            max_chars=80,
            on_change=_rename_reviewer,
            help="Stands beside every decision, version and job that you make.",
        )


def _rename_reviewer() -> None:
    name = str(st.session_state[keys.REVIEWER_INPUT]).strip()
    st.session_state[keys.REVIEWER] = name
    st.query_params[keys.REVIEWER] = name
