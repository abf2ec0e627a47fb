"""Tags put on many rows at once, or taken off, among what was decided: each one line, with the way to take it back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from core.context import Context
from core.records import Dataset, TagAct
from core.review.many import among_said
from core.services.tags.tagging import acts_shown, take_back
from core.ui.lists.paging import paged, pages
from core.ui.parts.job_words import ago
from core.ui.parts.problems import plain, shown_errors
from core.words import say, say_n

PAGE_ACTS = 5
MANY = 2
"""Rows of an act that is listed: a tag on one row is taken off it where the row is shown."""
_UNDO = "undo_tags"
"""The act that this session asked to take back."""


def acts_on_tags(context: Context, dataset: Dataset, user: str) -> None:
    """The newest of them, a page at a time; nothing where there are none."""
    asked = st.session_state.pop(_UNDO, None)
    if asked is not None:
        with shown_errors():
            take_back(context, asked, user)
    key, tags = f"acts-on-tags-{dataset.dataset_id}", context.ledger.tags
    total = tags.count(dataset.dataset_id, at_least=MANY)
    found = paged(
        key,
        PAGE_ACTS,
        lambda offset: tags.page(dataset.dataset_id, limit=PAGE_ACTS, offset=offset, at_least=MANY),
        lambda _: total,
    )
    if not total:
        return
    st.markdown(say_n("**{n:,} act on tags of many rows**", "**{n:,} acts on tags of many rows**", total))
    for act in acts_shown(context, found):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"tags-{act.act_id}"):
            _line(user, act)
    pages(key, PAGE_ACTS, total)


def _line(user: str, act: TagAct) -> None:
    what = (
        say_n("Tag “{tag}” put on {n:,} row.", "Tag “{tag}” put on {n:,} rows.", act.rows, tag=plain(act.tag))
        if act.puts
        else say_n(
            "Tag “{tag}” taken off {n:,} row.", "Tag “{tag}” taken off {n:,} rows.", act.rows, tag=plain(act.tag)
        )
    )
    about = [among_said(act.among), act.tagged_by, ago(act.tagged_at, datetime.now(UTC))]
    taken_back = f" · :orange-badge[{say('taken back')}]" if act.undone_by else ""
    st.markdown(
        f"{what}{taken_back}  \n:small[:gray[{plain(' · '.join(part for part in about if part))}]]", width="content"
    )
    st.space("stretch")
    if act.tagged_by == user and not act.undone_by:
        st.button(
            say("Undo"),
            icon=":material/undo:",
            key=f"tags-undo-{act.act_id}",
            on_click=partial(st.session_state.__setitem__, _UNDO, act.act_id),
            help=say("Takes all of it back, and nothing else"),
        )
