"""The top of every page: its title, pickers of the dataset and version it shows, and who is at work."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.records import Dataset, Version, note_said
from core.store.telling.class_lists import as_of
from core.store.versions import count_unlabelled, list_versions
from core.ui import keys
from core.ui.parts.labels import size_said
from core.ui.parts.problems import plain
from core.ui.shell.glossary import glossary_button
from core.ui.shell.guard import current_user, signed_in
from core.ui.shell.keyboard import keyboard
from core.ui.shell.language import language_switch
from core.ui.url import asked_for, name, to_url
from core.words import say


def title_only(title: str) -> None:
    """The header of a page that is about no single dataset."""
    with _bar():
        st.title(say(title), anchor=False, width="content")
        st.space("stretch")
        _who()


def title_and_pickers(
    context: Context, title: str, datasets: Sequence[Dataset], *, versions: bool = True
) -> tuple[Dataset, Version, tuple[Version, ...]]:
    """The header of a page about one version of one dataset; both stand in the URL and can be changed. The third is
    every version of the dataset, newest first.

    `datasets` must not be empty; the first one is shown where the URL names none. Without `versions`, the page is
    about the dataset, and the version is its newest.
    """
    asked, number = st.query_params.get(keys.DATASET), st.query_params.get(keys.VERSION)
    with _bar():
        st.title(say(title), anchor=False, width="content")
        dataset = _dataset(datasets)
        known = tuple(sorted(list_versions(context.store, dataset.dataset_id), key=lambda one: -one.number))
        version = _version(known) if versions else known[0]
        dataset = as_of(context.store, dataset, version)
        name({keys.DATASET: dataset.name} | ({keys.VERSION: str(version.number)} if versions else {}))
        _pick_dataset(dataset, datasets)
        if versions:
            _pick_version(version, known)
            _facts(dataset, version, count_unlabelled(context.store, version.version_id))
        st.space("stretch")
        _who()
    if asked and asked not in {one.name for one in datasets}:
        names = {"asked": plain(asked), "shown": plain(dataset.name)}
        st.warning(say("There is no dataset named {asked}: renamed or deleted? This is {shown}.", **names))
    elif versions and number and number not in {str(one.number) for one in known}:
        shown = {"dataset": plain(dataset.name), "asked": plain(number), "number": version.number}
        st.warning(say("{dataset} has no version {asked}. This is version {number}.", **shown))
    return dataset, version, known


def _bar() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-header")


def _dataset(datasets: Sequence[Dataset]) -> Dataset:
    """The one that the URL names, else the one last looked at, else the first."""
    by_name = {dataset.name: dataset for dataset in datasets}
    chosen = asked_for(keys.DATASET, list(by_name), st.session_state.get(keys.LAST_DATASET))
    if st.session_state.get(keys.LAST_DATASET) != chosen:
        st.session_state.pop(keys.LAST_VERSION, None)
    st.session_state[keys.LAST_DATASET] = chosen
    return by_name[chosen]


def _version(versions: Sequence[Version]) -> Version:
    """The one that the URL names, else the one last looked at, else the newest."""
    by_number = {str(version.number): version for version in versions}
    chosen = asked_for(keys.VERSION, list(by_number), st.session_state.get(keys.LAST_VERSION))
    st.session_state[keys.LAST_VERSION] = chosen
    return by_number[chosen]


def _pick_dataset(dataset: Dataset, datasets: Sequence[Dataset]) -> None:
    st.session_state[keys.DATASET] = dataset.name
    st.selectbox(
        say("Dataset"),
        [known.name for known in datasets],
        key=keys.DATASET,
        on_change=_switch_dataset,
        label_visibility="collapsed",
        icon=":material/database:",
        width=220,
    )


def _pick_version(version: Version, versions: Sequence[Version]) -> None:
    st.session_state[keys.VERSION] = str(version.number)
    st.selectbox(
        say("Version"),
        [str(known.number) for known in versions],
        key=keys.VERSION,
        on_change=to_url,
        args=(keys.VERSION,),
        label_visibility="collapsed",
        icon=":material/history:",
        width=88,
    )


def _switch_dataset() -> None:
    st.session_state.pop(keys.LAST_VERSION, None)
    of_cell = (keys.TRUE, keys.PREDICTED, keys.FOUND, keys.MISSED, keys.ADDED, keys.WITHOUT)
    others = (keys.VERSION, keys.RUN, keys.WITH, *of_cell, keys.CLASS)
    kept = {key: value for key, value in st.query_params.to_dict().items() if key not in others}
    st.query_params.from_dict(kept | {keys.DATASET: st.session_state[keys.DATASET]})


def _facts(dataset: Dataset, version: Version, unlabelled: int) -> None:
    made = {"load": say("as loaded"), "review": say("after review"), "split": say("with splits")}[version.kind]
    note = f" · {plain(note_said(version))}" if version.note and version.kind != "load" else ""
    st.caption(
        say("version {n} {made}", n=version.number, made=made)
        + note
        + " · "
        + size_said(dataset, version.row_count)
        + (say(" · {n:,} without a label", n=unlabelled) if unlabelled else ""),
        width="content",
    )


def _who() -> None:
    keyboard()
    user = current_user()
    with st.popover(plain(user), icon=":material/person:", type="tertiary"):
        if signed_in():
            st.caption(say("Signed in as {user}", user=plain(user)))
            st.button(say("Sign out"), on_click=st.logout)
            language_switch()
            glossary_button()
            return
        st.text_input(
            say("Your name"),
            value=user,
            key=keys.REVIEWER_INPUT,
            max_chars=80,
            on_change=_rename_reviewer,
            help=say("Stands beside every decision, version and job that you make."),
        )
        language_switch()
        glossary_button()


def _rename_reviewer() -> None:
    name = str(st.session_state[keys.REVIEWER_INPUT]).strip()
    st.session_state[keys.REVIEWER] = name
    st.query_params[keys.REVIEWER] = name
