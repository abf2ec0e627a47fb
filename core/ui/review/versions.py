"""Making a version of the decisions, and every version with what reviewers changed in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.records import Dataset, Version, VersionChange
from core.review.words import change_words, count_words
from core.services.issues.listing import latest_scan
from core.services.review.decisions import counts
from core.services.review.log import changes
from core.ui import keys
from core.ui.lists.paging import WHOLE_HEADER
from core.ui.parts.labels import target_of, words_of
from core.ui.parts.problems import shown_errors
from core.ui.review.next_steps import asked_for, open_made, scan_and_train
from core.ui.shell.pages import link
from core.words import later, say, say_stored

PAGE_ROWS = 50
_MADE = {
    "load": later("loaded", "what made it"),
    "review": later("review", "what made it"),
    "split": later("splits", "what made it"),
}


def version_form(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """Makes a version of what is decided on this one."""
    scan = latest_scan(context, version.version_id)
    standing = counts(context, version.version_id, scan.scan_id if scan else None)
    st.markdown(f"**{say('Make a version')}**")
    st.caption(
        say(
            "{decided} The new version has them applied; version {number} stays as it is.",
            decided=count_words(standing),
            number=version.number,
        )
        if standing.decided
        else say("Nobody has decided anything on version {number} yet.", number=version.number)
    )
    with st.form("make-version", border=False, clear_on_submit=True):
        note = st.text_input(
            say("Note"), key=keys.VERSION_NOTE, max_chars=200, placeholder=say("What was reviewed, and why")
        )
        pressed = st.form_submit_button(
            say("Make a version"),
            key="make-version-button",
            type="primary",
            disabled=not standing.decided or asked_for(version) is not None,
        )
    if pressed:
        st.session_state[keys.NEW_VERSION] = (version.version_id, note, user)
        st.rerun()
    with shown_errors():
        open_made(context, version)
    if scan is None and version.kind == "review" and not standing.decided:
        scan_and_train(context, dataset, version, user)


def _made(version: Version) -> str:
    return say(_MADE[version.kind], "what made it")


def version_table(known: Sequence[Version]) -> None:
    """Every version with where it came from, newest first."""
    numbers = {version.version_id: version.number for version in known}
    st.dataframe(
        {
            "version": [version.number for version in known],
            "from": [numbers.get(version.parent_id or "") for version in known],
            "made by": [_made(version) for version in known],
            "note": [say_stored(version.note) for version in known],
            "rows": [version.row_count for version in known],
            "who": [version.created_by for version in known],
            "when": [version.created_at for version in known],
            "fingerprint": [version.fingerprint[:12] or None for version in known],
        },
        hide_index=True,
        column_config={
            "when": st.column_config.DatetimeColumn(say("when"), format="YYYY-MM-DD HH:mm", width=130),
            "version": say("version"),
            "from": say("from"),
            "made by": say("made by"),
            "rows": say("rows"),
            "who": say("who"),
            "note": st.column_config.TextColumn(say("note"), width="medium"),
            "fingerprint": st.column_config.TextColumn(
                say("fingerprint"), help=say("Equal content has an equal fingerprint")
            ),
        },
        placeholder="–",
        alt=say("Versions of this dataset, newest first"),
    )


@st.fragment
def reviewed_changes(context: Context, dataset: Dataset, version: Version, known: Sequence[Version]) -> None:
    by_number = {version.number: version for version in known}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = st.selectbox(
            say("What reviewers changed in version"),
            list(by_number),
            index=list(by_number).index(version.number),
            key=f"{keys.CHANGES_OF}-{version.number}",
            width=260,
        )
        if number != version.number:
            link(
                "review",
                say("Open version {number}", number=number),
                icon=":material/history:",
                dataset=dataset.name,
                version=number,
            )
    with shown_errors():
        _change_table(context, dataset, by_number[number])


def _change_table(context: Context, dataset: Dataset, version: Version) -> None:
    key = f"changes-{version.version_id}"
    page = int(st.session_state.get(key, 1))
    total, found = changes(context, version.version_id, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if not total:
        st.caption(say("Reviewers changed nothing in it: it is as its source or its splits made it."))
        return
    st.caption(say("{n:,} rows changed", n=total))
    st.dataframe(
        _changed(dataset, found),
        hide_index=True,
        height="content" if len(found) <= 12 else 460,
        column_config={
            "row": st.column_config.NumberColumn(say("row"), format="%d", width=72),
            "from": say("from"),
            "to": say("to"),
            "change": say("change"),
            "by": say("by"),
            "when": st.column_config.DatetimeColumn(say("when"), format="YYYY-MM-DD HH:mm", width=130),
            "example": st.column_config.TextColumn(say("example"), width="large"),
        },
        placeholder="–",
        key=f"{key}-table-{page}",
        on_select="rerun",
        selection_mode=WHOLE_HEADER,
        alt=say("Rows that version {number} changed", number=version.number),
    )
    if total > PAGE_ROWS:
        st.pagination(-(-total // PAGE_ROWS), key=key)


def _changed(dataset: Dataset, found: Sequence[VersionChange]) -> dict[str, list[object]]:
    """A column for each thing that there is to say; of several classes, what was added and removed as well."""
    target, words = target_of(dataset), words_of(dataset)
    columns: dict[str, list[object]] = {
        "row": [change.example_id for change in found],
        "from": [words(change.from_label) for change in found],
        "to": [words(change.to_label) or say("(excluded)") for change in found],
    }
    if target.several:
        columns["change"] = [
            None if change.to_label is None else change_words(change.from_label, change.to_label, target)
            for change in found
        ]
    return columns | {
        "by": [change.reviewer for change in found],
        "when": [change.decided_at for change in found],
        "example": [change.given for change in found],
    }
