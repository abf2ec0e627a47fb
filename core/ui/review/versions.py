"""Making a version of the decisions, and every version with what reviewers changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.context import Context
from core.records import Dataset, Version, note_said
from core.review.words import change_words, count_words
from core.services.issues.listing import latest_scan
from core.services.review.decisions import counts
from core.store.record_lists.changes import changed_rows
from core.store.telling.class_lists import class_list
from core.store.versions import EXCERPT, count_changes
from core.ui import keys
from core.ui.lists.record_list import Lines, RecordList, Shown, record_tools
from core.ui.modalities import drawing_of
from core.ui.parts.labels import target_of, words_of
from core.ui.parts.problems import shown_errors
from core.ui.review.next_steps import asked_for, open_made, scan_and_train
from core.ui.shell.pages import link
from core.words import later, say, say_n

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


def version_table(context: Context, known: Sequence[Version]) -> None:
    """Every version with where it came from and its classes, newest first."""
    numbers = {version.version_id: version.number for version in known}
    st.dataframe(
        {
            "version": [version.number for version in known],
            "from": [numbers.get(version.parent_id or "") for version in known],
            "made by": [_made(version) for version in known],
            "note": [note_said(version) for version in known],
            "rows": [version.row_count for version in known],
            "classes": [len(class_list(context.store, version)) for version in known],
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
            "classes": st.column_config.NumberColumn(
                say("classes"), help=say("Each version keeps the classes that it was made with"), format="localized"
            ),
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
    total = count_changes(context.store, version.version_id)
    if not total:
        st.caption(say("Reviewers changed nothing in it: it is as its source or its splits made it."))
        return
    records, column = changed_rows(dataset, version), st.column_config
    RecordList(
        record_tools(context, dataset, records, "changes", {"given": drawing_of(dataset).words_title}),
        records,
        [one.name for one in records.columns],
        say("by row"),
        total,
        f"changes-{version.version_id}",
        f"{dataset.name}-v{version.number}-changes",
        partial(_changed, dataset),
        say("Rows that version {number} changed", number=version.number),
        {
            "example_id": partial(column.NumberColumn, format="%d", width=72),
            "decided_at": partial(column.DatetimeColumn, format="YYYY-MM-DD HH:mm", width=130),
            "given": partial(column.TextColumn, width="large"),
            "change": lambda _: say("change"),
        },
        besides={"change": "to_label"},
    ).draw(lambda rows: say_n("{n:,} row changed", "{n:,} rows changed", rows), say("No row matches these filters."))


def _changed(dataset: Dataset, found: Lines) -> Shown:
    """A column for each thing that there is to say; of several classes, what was added and removed as well."""
    target, words = target_of(dataset), words_of(dataset)
    shown: dict[str, Sequence[object]] = {
        name: [one[name] for one in found] for name in ("example_id", "reviewer", "decided_at")
    }
    shown["given"] = [(one["given"] or "")[:EXCERPT] for one in found]
    shown["from_label"] = [words(one["from_label"]) for one in found]
    shown["to_label"] = [words(one["to_label"]) or say("(excluded)") for one in found]
    if target.several:
        shown["change"] = [
            None if one["to_label"] is None else change_words(one["from_label"], one["to_label"], target)
            for one in found
        ]
    return shown
