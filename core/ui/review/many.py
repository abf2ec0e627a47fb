"""Acts on many rows among what was decided: each one line, with its rows behind a button and the way to take it
back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from core.beside.answers import Pending
from core.context import Context
from core.errors import WinnowError
from core.records import BulkAct, Dataset, Version
from core.review.many import Doing, among_said, said
from core.review.words import in_words
from core.services.review.many import acts, rows_of_act, take_back
from core.services.review.writing import Done
from core.store.ids import new_id
from core.store.masked import said_shown
from core.ui.lists.paging import paged, pages
from core.ui.modalities import line_of
from core.ui.parts.job_words import ago
from core.ui.parts.labels import target_of
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain, shown_errors
from core.words import later, say, say_n, stored

PAGE_ACTS = 5
PAGE_ROWS = 25
CELL_CHARACTERS = 160
_UNDO = "undo_many"
"""Act and undo that this session asked for, while it goes on."""


_TITLES = {"row": later("row"), "label": later("label"), "decision": later("decision"), "example": later("example")}


def acts_on_many(context: Context, dataset: Dataset, user: str, versions: Sequence[Version]) -> None:
    """The newest of them, a page at a time; nothing where there are none."""
    _follow(context, user)
    key = f"acts-on-many-{dataset.dataset_id}"
    total, found = paged(
        key,
        PAGE_ACTS,
        lambda offset: acts(context, dataset.dataset_id, PAGE_ACTS, offset),
        lambda page: page[0],
    )
    if not total:
        return
    numbers = {version.version_id: version.number for version in versions}
    st.markdown(say_n("**{n:,} act on many rows**", "**{n:,} acts on many rows**", total))
    for act in found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"many-{act.act_id}"):
            _line(context, dataset, user, act, numbers.get(act.version_id))
    pages(key, PAGE_ACTS, total)


def _line(context: Context, dataset: Dataset, user: str, act: BulkAct, number: int | None) -> None:
    rows = say_n("{n:,} row", "{n:,} rows", act.rows)
    what = said(Doing(act.action, act.label), target_of(dataset))
    when = ago(act.decided_at, datetime.now(UTC))
    among = among_said(said_shown(context.store, act.dataset_id, act.among))
    about = [among, act.reviewer, when, say("version {number}", number=number)]
    undone = say("taken back") if act.taken_back else say("partly taken back") if act.undone_by else ""
    taken_back = f" · :orange-badge[{undone}]" if undone else ""
    st.markdown(
        f"**{rows}** {plain(what)}{taken_back}  \n:small[:gray[{plain(' · '.join(part for part in about if part))}]]",
        width="content",
    )
    st.space("stretch")
    with st.popover(say("Rows"), type="tertiary", key=f"many-rows-{act.act_id}", on_change="rerun") as box:
        if box.open:
            _rows(context, dataset, act)
    if act.action != "undo" and act.reviewer == user and not act.taken_back:
        st.button(
            say("Undo"),
            icon=":material/undo:",
            key=f"many-undo-{act.act_id}",
            on_click=partial(st.session_state.__setitem__, _UNDO, (act.act_id, new_id())),
            help=say("Takes all of it back, and nothing else"),
        )


def _rows(context: Context, dataset: Dataset, act: BulkAct) -> None:
    """What it decided, row by row."""
    key = f"many-page-{act.act_id}"
    found = paged(key, PAGE_ROWS, lambda offset: rows_of_act(context, act, PAGE_ROWS, offset), lambda _: act.rows)
    target = target_of(dataset)
    before = [one.shown.get("given_label") or example.label for one, example in found]
    st.dataframe(
        {
            "row": [example.example_id for _, example in found],
            "label": [None if label is None else target.words(label) for label in before],
            "decision": [in_words(one, target, label) for (one, _), label in zip(found, before, strict=True)],
            "example": [line_of(dataset, example, CELL_CHARACTERS) for _, example in found],
        },
        hide_index=True,
        column_config={name: say(title) for name, title in _TITLES.items()},
        width=720,
        placeholder="–",
        alt=say("Rows of the act"),
    )
    pages(key, PAGE_ROWS, act.rows)


def _follow(context: Context, user: str) -> None:
    """How far taking one back is; it goes on beside the page."""
    asked = st.session_state.get(_UNDO)
    if asked is None:
        return
    act_id, undo_id = asked
    work = context.beside.answers("acts on many rows", 2, kept=16)

    def undone() -> Done | Pending:
        return work.ask(
            (undo_id, user), stored("Taking it back"), lambda report: take_back(context, act_id, user, undo_id, report)
        )

    with shown_errors():
        try:
            if settled(undone) is not None:
                del st.session_state[_UNDO]
        except WinnowError:
            del st.session_state[_UNDO]
            raise
