"""What follows a queue that is done: a version of what was decided; of a new version, a scan and a model."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, ScanSpec, Version
from core.review.words import count_words
from core.services.issues.listing import latest_scan
from core.services.review.decisions import counts, make_version
from core.services.review.log import version_list
from core.services.scan import start_scan
from core.ui import keys
from core.ui.parts.background import forget, result_of
from core.ui.parts.problems import shown_errors
from core.ui.shell.pages import link, page
from core.words import say, stored


def next_steps(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """Beneath a queue of which nothing is left: what to do with what was decided."""
    scan = latest_scan(context, version.version_id)
    standing = counts(context, version.version_id, scan.scan_id if scan else None)
    with st.container(horizontal_alignment="center", gap="small", key="review-next"):
        if standing.left:
            link(
                "review",
                say("Review the {n:,} flagged rows that are left", n=standing.left),
                icon=":material/rule:",
                dataset=dataset.name,
                version=version.number,
            )
        if standing.decided:
            st.caption(count_words(standing), width="content")
            _make(context, dataset, version, user)
            link(
                "review",
                say("Write a note for it first"),
                icon=":material/history:",
                dataset=dataset.name,
                version=version.number,
                view="versions",
            )
        elif scan is None:
            scan_and_train(context, dataset, version, user)
        elif scan is not None and not standing.left:
            _train(dataset, version)


def scan_and_train(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """The buttons of a version that nobody has scanned."""
    with st.container(
        horizontal=True, horizontal_alignment="center", vertical_alignment="center", gap="small", key="version-next"
    ):
        pressed = st.button(
            say("Scan version {number}", number=version.number),
            key="scan-version",
            type="primary",
            icon=":material/troubleshoot:",
        )
        _train(dataset, version)
    if pressed:
        with shown_errors():
            start_scan(context, version.version_id, ScanSpec(()), user)
            shown = {keys.DATASET: dataset.name, keys.VERSION: str(version.number)}
            st.switch_page(page("issues"), query_params=shown)


def asked_for(version: Version) -> tuple[str, str, str] | None:
    """Parent, note and maker of the version of this one that is being made."""
    asked: tuple[str, str, str] | None = st.session_state.get(keys.NEW_VERSION)
    return asked if asked and asked[0] == version.version_id else None


def open_made(context: Context, version: Version) -> None:
    """Makes the version asked for, beside the page, and opens it."""
    asked = asked_for(version)
    if asked is None:
        return
    try:
        made = result_of(
            context,
            (keys.NEW_VERSION, *asked),
            lambda: make_version(context, *asked),
            waiting=stored("making the version"),
        )
    except Exception:
        del st.session_state[keys.NEW_VERSION]
        raise
    if made is None:
        return
    del st.session_state[keys.NEW_VERSION]
    forget(context, (keys.NEW_VERSION, *asked))
    kept = {name: st.query_params[name] for name in (keys.DATASET, keys.REVIEWER, keys.VIEW) if name in st.query_params}
    st.query_params.from_dict(kept | {keys.VERSION: str(made.number)})  # a queue of the old one ends with it
    st.toast(say("Version {number} is made and open.", number=made.number), icon=":material/check:")
    st.rerun()


def _make(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    number = version_list(context, dataset.dataset_id)[0].number + 1
    asked = asked_for(version)
    if st.button(
        say("Make version {number}", number=number),
        key="make-next-version",
        type="primary",
        icon=":material/check:",
        disabled=asked is not None,
        help=say(
            "Version {number} has what was decided applied; version {before} stays as it is.",
            number=number,
            before=version.number,
        ),
    ):
        st.session_state[keys.NEW_VERSION] = (version.version_id, "", user)
        st.rerun(scope="fragment")
    with shown_errors():
        open_made(context, version)


def _train(dataset: Dataset, version: Version) -> None:
    link(
        "training",
        say("Train on version {number}", number=version.number),
        icon=":material/model_training:",
        dataset=dataset.name,
        version=version.number,
        view="new",
    )
