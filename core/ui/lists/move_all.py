"""All rows of a list into a split, over all of its pages: how many come from where, then a version that has it so."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import Dataset, Version, split_said
from core.services.review.among import Among, asked_as_of
from core.services.splits import Move, move, plan_move, split_sizes
from core.store.ids import new_id
from core.ui.parts.pending import drawn_in_dialog, settled
from core.ui.parts.problems import plain, show_error
from core.ui.shell.pages import link
from core.words import later, say, say_n, stored

TITLE = later("Move to a split…")
THREADS = 2


@dataclass(frozen=True, slots=True)
class _Asked:
    """A move that was confirmed."""

    key: str
    planned: Move
    words: str


class MoveAll:
    """The part of the act on all rows of one list that is about splits."""

    def __init__(self, context: Context, dataset: Dataset, key: str, user: str) -> None:
        """Does what was confirmed under `key`, and says which version came of it."""
        self._context = context
        self._dataset = dataset
        self._key = f"{key}-move"
        self._user = user
        asked: _Asked | None = st.session_state.get(self._key)
        if asked is not None:
            self._do(asked)

    def ask(self, among: Among, words: str) -> None:
        """In a dialog: the split, then what would change. `words` say which rows these are, in English."""
        known = [one for one in split_sizes(self._context, among.version_id) if one]
        name = st.selectbox(
            say("Split"),
            known or ["train", "validation", "test"],
            index=None,
            key=f"{self._key}-name",
            accept_new_options=True,
            format_func=split_said,
            placeholder=say("Choose, or type a new one"),
            width=280,
        )
        if name is None:
            return
        about = (self._key, asked_as_of(self._context, among), words, name)
        work = self._context.beside.answers("plans of moves", THREADS, kept=4)
        drawn_in_dialog(
            lambda: work.ask(about, stored("Counting"), lambda report: plan_move(self._context, among, name)),
            lambda planned: self._preview(planned, words),
        )

    def _preview(self, planned: Move, words: str) -> None:
        lines = [
            say("- {source} → {to}: {n:,}", source=plain(_said(part)), to=plain(split_said(planned.to)), n=rows)
            for part, rows in planned.sources
        ]
        st.markdown("\n".join(lines))
        if planned.there:
            st.caption(say_n("{n:,} row is there already.", "{n:,} rows are there already.", planned.there))
        if not lines:
            return
        st.caption(say("It makes a new version; this one stays as it is."))
        title = say_n("Move {n:,} row", "Move {n:,} rows", len(planned.rows))
        asked = _Asked(new_id(), planned, words)
        if st.button(
            title,
            type="primary",
            icon=":material/call_split:",
            key=f"{self._key}-confirm",
            on_click=self._set,
            args=(asked,),
        ):
            st.rerun()

    def _do(self, asked: _Asked) -> None:
        work = self._context.beside.answers("moves to splits", THREADS, kept=16)
        what = stored(f"Moving {len(asked.planned.rows):,} rows")
        try:
            made: Version | None = settled(
                lambda: work.ask(
                    asked.key,
                    what,
                    lambda report: move(self._context, asked.planned, self._user, asked.words, asked.key),
                )
            )
        except WinnowError as error:
            show_error(error)
            st.session_state.pop(self._key, None)
            return
        if made is None:
            return
        rows = say_n("{n:,} row is", "{n:,} rows are", len(asked.planned.rows))
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{self._key}-done"):
            told = say("{rows} in {split} in version {number}.", rows=rows, split=plain(split_said(asked.planned.to)),
                       number=made.number)  # fmt: skip
            st.markdown(f":material/check: {told}", width="content")
            link("data", say("Open it"), icon=":material/history:", dataset=self._dataset.name, version=made.number)
            st.button(
                say("Close"),
                icon=":material/close:",
                type="tertiary",
                key=f"{self._key}-close",
                on_click=self._set,
                args=(None,),
            )

    def _set(self, asked: _Asked | None) -> None:
        if asked is None:
            st.session_state.pop(self._key, None)
        else:
            st.session_state[self._key] = asked


def _said(part: str | None) -> str:
    return split_said(part) if part else say("no part")
