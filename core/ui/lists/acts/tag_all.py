"""A tag on all rows of a list, over all of its pages, or off them: what would change first, then the act, then the way
back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import MAX_TAG, Dataset, TagAct
from core.services.review.among import Among, asked_as_of
from core.services.tags.tagging import TagPlan, carry_out, plan_tag, take_back
from core.store.acts.tags import tag_names, tags_shown
from core.ui.lists.acts.confirmed import THREADS, Asked, Confirmed, first_rows
from core.ui.parts.pending import drawn_in_dialog
from core.ui.parts.problems import plain, show_error
from core.words import later, say, say_n, stored

Tagging = Literal["tag", "untag"]
TITLES: Mapping[str, str] = {"tag": later("Tag…"), "untag": later("Take tag off…")}


class TagAll:
    """The part of the act on all rows of one list that is about tags."""

    def __init__(self, context: Context, dataset: Dataset, key: str, user: str) -> None:
        """Does what was confirmed under `key`, and says what came of it."""
        self._context = context
        self._dataset = dataset
        self._key = f"{key}-tags"
        self._user = user
        self.changed = False
        """Whether a tag was put on or taken off since the list was drawn last."""
        self._confirmed = Confirmed[TagPlan](self._key)
        if (asked := self._confirmed.asked) is not None:
            self._do(asked)

    def offered(self) -> tuple[Tagging, ...]:
        """What can be done: nothing is taken off where there is nothing."""
        return ("tag", "untag") if tag_names(self._context.store, self._dataset.dataset_id) else ("tag",)

    def ask(self, among: Among, words: str, what: Tagging) -> None:
        """In a dialog: the tag, then what would change. `words` say which rows these are, in English."""
        known = list(tags_shown(self._context.store, self._dataset.dataset_id))
        name = st.selectbox(
            say("Tag"),
            known,
            index=None,
            key=f"{self._key}-name-{what}",
            accept_new_options=what == "tag",
            placeholder=say("Choose, or type a new one") if what == "tag" else say("Choose"),
            help=say("A short name, at most {n} characters, without commas.", n=MAX_TAG),
            width=280,
        )
        if name is None:
            return
        about = (self._key, asked_as_of(self._context, among), words, name, what, self._user)
        work = self._context.beside.answers("plans of tags on many rows", THREADS, kept=4)
        drawn_in_dialog(
            lambda: work.ask(
                about, stored("Counting"), lambda report: plan_tag(self._context, among, name, puts=what == "tag")
            ),
            lambda planned: self._preview(planned, words),
        )

    def _preview(self, planned: TagPlan, words: str) -> None:
        count = len(planned.rows)
        same = planned.matching - count
        left = (
            say_n("{n:,} row has the tag already.", "{n:,} rows have the tag already.", same)
            if planned.puts
            else say_n("{n:,} row does not have it.", "{n:,} rows do not have it.", same)
        )
        if same:
            st.caption(left)
        if not count:
            return
        first_rows(self._dataset, [(row, "") for row in planned.first])
        title = (
            say_n("Put the tag on {n:,} row", "Put the tag on {n:,} rows", count)
            if planned.puts
            else say_n("Take the tag off {n:,} row", "Take the tag off {n:,} rows", count)
        )
        self._confirmed.button(title, ":material/sell:", planned, words)

    def _do(self, asked: Asked[TagPlan]) -> None:
        try:
            if asked.undo_id:
                act = take_back(self._context, asked.act_id, self._user, asked.undo_id)
            else:
                act = carry_out(self._context, asked.planned, self._user, asked.words, asked.act_id)
        except WinnowError as error:
            show_error(error)
            self._confirmed.close()
            return
        self.changed = self._confirmed.is_new(asked)
        self._confirmed.said(self._said(act, bool(asked.undo_id)), asked)

    def _said(self, act: TagAct, undone: bool) -> str:
        if undone:
            return say_n("Taken back on {n:,} row.", "Taken back on {n:,} rows.", act.rows)
        if act.puts:
            return say_n(
                "Tag “{tag}” put on {n:,} row.", "Tag “{tag}” put on {n:,} rows.", act.rows, tag=plain(act.tag)
            )
        return say_n(
            "Tag “{tag}” taken off {n:,} row.", "Tag “{tag}” taken off {n:,} rows.", act.rows, tag=plain(act.tag)
        )
