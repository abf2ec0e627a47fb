"""All rows of a list into a split, over all of its pages: how many come from where, then a version that has it so."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import USUAL_SPLITS, Dataset, Version, split_said
from core.services.review.among import Among, asked_as_of
from core.services.splits import Move, move, move_back, plan_move, split_sizes
from core.ui.lists.acts.confirmed import THREADS, Asked, Confirmed
from core.ui.parts.pending import drawn_in_dialog, settled
from core.ui.parts.problems import plain, show_error
from core.ui.shell.pages import link
from core.words import later, say, say_n, stored

TITLE = later("Move to a split…")


class MoveAll:
    """The part of the act on all rows of one list that is about splits."""

    def __init__(self, context: Context, dataset: Dataset, key: str, user: str) -> None:
        """Does what was confirmed under `key`, and says which version came of it."""
        self._context = context
        self._dataset = dataset
        self._key = f"{key}-move"
        self._user = user
        self._confirmed = Confirmed[Move](self._key)
        if (asked := self._confirmed.asked) is not None:
            self._do(asked)

    def ask(self, among: Among, words: str) -> None:
        """In a dialog: the split, then what would change. `words` say which rows these are, in English."""
        known = [one for one in split_sizes(self._context, among.version_id) if one]
        name = st.selectbox(
            say("Split"),
            known or USUAL_SPLITS,
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
        self._confirmed.button(title, ":material/call_split:", planned, words)

    def _do(self, asked: Asked[Move]) -> None:
        work = self._context.beside.answers("moves to splits", THREADS, kept=16)
        planned = asked.planned
        rows = len(planned.rows)
        what = stored(f"Taking back {rows:,} rows") if asked.undo_id else stored(f"Moving {rows:,} rows")
        try:
            made: Version | None = settled(lambda: work.ask(asked.run, what, lambda report: self._work(asked)))
        except WinnowError as error:
            show_error(error)
            self._confirmed.close()
            return
        if made is None:
            return
        name, number = self._dataset.name, made.number
        if asked.undo_id:
            told = say_n(
                "{n:,} row is in its former split again, in version {number}.",
                "{n:,} rows are in their former splits again, in version {number}.",
                rows,
                number=number,
            )
        else:
            moved = say_n("{n:,} row is", "{n:,} rows are", rows)
            told = say("{rows} in {split} in version {number}.", rows=moved, split=plain(split_said(planned.to)),
                       number=number)  # fmt: skip
        self._confirmed.said(
            told,
            asked,
            lambda: link("data", say("Open it"), icon=":material/history:", dataset=name, version=number),
        )

    def _work(self, asked: Asked[Move]) -> Version:
        made = move(self._context, asked.planned, self._user, asked.words, asked.act_id)
        return move_back(self._context, made, self._user, asked.undo_id) if asked.undo_id else made


def _said(part: str | None) -> str:
    return split_said(part) if part else say("no part")
