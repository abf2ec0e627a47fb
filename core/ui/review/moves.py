"""Rows that were moved to another split, among what was done: each version that did so is one line, with its rows
behind a button and the way to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.beside.answers import Pending
from core.context import Context
from core.errors import WinnowError
from core.records import Dataset, Version, note_said
from core.services.splits import move_back, rows_moved
from core.store.ids import new_id
from core.ui import keys
from core.ui.lists.paging import paged, pages
from core.ui.modalities import line_of
from core.ui.parts.job_words import ago
from core.ui.parts.labels import split_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain, shown_errors
from core.words import later, say, say_n, stored

PAGE_MOVES = 5
PAGE_ROWS = 25
CELL_CHARACTERS = 160
_UNDO = "undo_moves"
"""Id of the version that this session asked to take back, and the key of the one that does."""
_TITLES = {"row": later("row"), "from": later("from"), "to": later("to"), "example": later("example")}


def moves(context: Context, dataset: Dataset, user: str, versions: Sequence[Version]) -> None:
    """The newest of them, a page at a time; nothing where there are none."""
    _follow(context, user, versions)
    made = sorted((one for one in versions if one.kind == "split"), key=lambda one: -one.number)
    if not made:
        return
    newest, key = max(one.number for one in versions), f"moves-{dataset.dataset_id}"
    shown = paged(key, PAGE_MOVES, lambda offset: made[offset : offset + PAGE_MOVES], lambda _: len(made))
    st.markdown(say_n("**{n:,} change of splits**", "**{n:,} changes of splits**", len(made)))
    for one in shown:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"move-{one.number}"):
            _line(context, dataset, one, newest)
    pages(key, PAGE_MOVES, len(made))


def _line(context: Context, dataset: Dataset, made: Version, newest: int) -> None:
    about = [made.created_by, ago(made.created_at, datetime.now(UTC)), say("version {number}", number=made.number)]
    st.markdown(f"{plain(note_said(made))}  \n:small[:gray[{plain(' · '.join(about))}]]", width="content")
    st.space("stretch")
    with st.popover(say("Rows"), type="tertiary", key=f"move-rows-{made.number}", on_change="rerun") as box:
        if box.open:
            _rows(context, dataset, made)
    if made.number == newest:
        st.button(
            say("Undo"),
            icon=":material/undo:",
            key=f"move-undo-{made.number}",
            on_click=lambda: st.session_state.update({_UNDO: (made.version_id, new_id())}),
            help=say("Makes a version in which these rows are in their former splits"),
        )
    else:
        st.caption(say("Version {number} came after it: move the rows there.", number=newest), width="content")


def _rows(context: Context, dataset: Dataset, made: Version) -> None:
    """What moved, row by row."""
    key = f"moved-{made.version_id}"
    total, found = paged(
        key, PAGE_ROWS, lambda offset: rows_moved(context, made, PAGE_ROWS, offset), lambda page: page[0]
    )
    st.dataframe(
        {
            "row": [one.example.example_id for one in found],
            "from": [_part(one.former) for one in found],
            "to": [_part(one.example.split) for one in found],
            "example": [line_of(dataset, one.example, CELL_CHARACTERS) for one in found],
        },
        hide_index=True,
        column_config={name: say(title) for name, title in _TITLES.items()},
        width=720,
        alt=say("Rows in another split than before"),
    )
    pages(key, PAGE_ROWS, total)


def _part(split: str | None) -> str:
    return split_said(split) if split else say("no part")


def _follow(context: Context, user: str, versions: Sequence[Version]) -> None:
    """Takes back what was asked for, beside the page, and opens the version that it makes."""
    asked = st.session_state.get(_UNDO)
    if asked is None:
        return
    version_id, key = asked
    made = next(one for one in versions if one.version_id == version_id)
    work = context.beside.answers("moves to splits", 2, kept=16)

    def back() -> Version | Pending:
        return work.ask((key, user), stored("Taking it back"), lambda report: move_back(context, made, user, key))

    with shown_errors():
        try:
            done = settled(back)
        except WinnowError:
            del st.session_state[_UNDO]
            raise
    if done is not None:
        del st.session_state[_UNDO]
        st.query_params[keys.VERSION] = str(done.number)
        st.rerun()
