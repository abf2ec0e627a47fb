"""After a verdict: the undecided rows that are nearly the same, and whether it holds of them too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.beside.answers import Pending
from core.context import Context
from core.errors import NotFoundError, WinnowError
from core.records import Dataset, Decision, Version
from core.review.words import in_words
from core.services.media import thumbnail
from core.services.review.alike import Alike, AlikeRow, alike, apply, still_holds
from core.services.review.many import take_back
from core.ui import keys
from core.ui.modalities import line_of
from core.ui.parts.labels import target_of
from core.ui.parts.pending import POLL_SECONDS
from core.ui.parts.problems import plain, show_error
from core.words import say, say_n, stored

LINE_CHARACTERS = 110
PICTURE_PIXELS = 96
SHOWN = 3
"""Rows that are named at once; more are listed where they are asked for."""


def judged(version: Version, client_keys: Sequence[str]) -> None:
    """Remembers the verdict that was just recorded by itself, whose like is then looked for. Browsers report a verdict
    more than once: the second time changes nothing."""
    known = st.session_state.get(keys.JUDGED)
    if len(client_keys) == 1 and known != (version.version_id, client_keys[0]):
        st.session_state[keys.JUDGED] = (version.version_id, client_keys[0])
        st.session_state.pop(keys.APPLIED, None)
        st.session_state.pop(keys.LEFT, None)


def offer_alike(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """The offer, or what became of it; nothing where no row is like the one that was decided last."""
    version_id, applied = st.session_state.get(keys.APPLIED, ("", None))
    if applied is not None and version_id == version.version_id:
        _applied(context, user, *applied)
        return
    version_id, client_key = st.session_state.get(keys.JUDGED, ("", ""))
    if version_id != version.version_id or st.session_state.get(keys.LEFT) == client_key:
        return
    decision = context.ledger.decisions.by_client_key([client_key]).get(client_key)
    if decision is None or decision.reviewer != user or not still_holds(context, decision):
        return

    def ask() -> Alike | Pending | None:
        return context.beside.answers("alike").ask(
            decision.decision_id,
            stored("Looking for rows like it"),
            lambda report: alike(context, dataset, version, decision),
        )

    found = ask()
    if isinstance(found, Pending):
        _wait(ask)
    elif found is not None:
        _offer(context, dataset, user, found)


@st.fragment(run_every=POLL_SECONDS)
def _wait(ask: Callable[[], Alike | Pending | None]) -> None:
    """Draws nothing, so that nothing moves under the hand, until it is known what to offer."""
    if not isinstance(ask(), Pending):
        st.rerun()


def _offer(context: Context, dataset: Dataset, user: str, found: Alike) -> None:
    count = len(found.rows)
    with st.container(border=True, gap="xsmall", key="alike"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                say_n(
                    "{n:,} undecided row with the same label is nearly the same as row {row}: **{verdict}**.",
                    "{n:,} undecided rows with the same label are nearly the same as row {row}: **{verdict}**.",
                    count,
                    row=found.decision.example_id,
                    verdict=plain(_verdict(dataset, found.decision)),
                ),
                width="content",
            )
            st.button(
                say_n("Apply to this {n:,}", "Apply to these {n:,}", count),
                icon=":material/done_all:",
                on_click=_apply,
                args=(context, dataset, found, user),
                key="alike-apply",
            )
            st.button(
                say("Leave them"),
                type="tertiary",
                icon=":material/close:",
                on_click=_leave,
                args=(found,),
                key="alike-leave",
            )
        _rows(context, dataset, found.rows[:SHOWN])
        if count > SHOWN:
            with st.expander(say_n("{n:,} more row", "{n:,} more rows", count - SHOWN)):
                _rows(context, dataset, found.rows[SHOWN:])


def _rows(context: Context, dataset: Dataset, rows: Sequence[AlikeRow]) -> None:
    """A line each, or a small picture where they are files that have one."""
    pictures = [one for one in rows if one.example.media_id]
    if not pictures:
        for one in rows:
            row = say("row {number}", number=one.example.example_id)
            st.text(f"{row} · {_how_like(one)} · {line_of(dataset, one.example, LINE_CHARACTERS)}")
        return
    with st.container(horizontal=True, gap="small"):
        for one in pictures:
            said = f"{say('row {number}', number=one.example.example_id)} · {_how_like(one)}"
            try:
                st.image(thumbnail(context, str(one.example.media_id)), caption=said, width=PICTURE_PIXELS)
            except NotFoundError:
                st.caption(said, width="content")


def _how_like(one: AlikeRow) -> str:
    return say("near-duplicate") if one.cosine is None else f"{one.cosine:.3f}"


def _verdict(dataset: Dataset, decision: Decision) -> str:
    return in_words(decision, target_of(dataset), decision.shown.get("given_label"))


def _apply(context: Context, dataset: Dataset, found: Alike, user: str) -> None:
    try:
        done = apply(context, found, user)
    except WinnowError as error:
        show_error(error)
        return
    st.session_state[keys.LEFT] = found.decision.client_key
    said = say_n(
        "{n:,} more row: {verdict}.",
        "{n:,} more rows: {verdict}.",
        done.rows,
        verdict=_verdict(dataset, found.decision),
    )
    st.session_state[keys.APPLIED] = (found.decision.version_id, (done.act.act_id, said))


def _applied(context: Context, user: str, act_id: str, words: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="alike-applied"):
        st.markdown(f":material/check: {plain(words)}", width="content")
        st.button(
            say("Undo"), icon=":material/undo:", on_click=_take_back, args=(context, act_id, user), key="alike-undo"
        )


def _take_back(context: Context, act_id: str, user: str) -> None:
    st.session_state.pop(keys.APPLIED, None)
    try:
        done = take_back(context, act_id, user)
    except WinnowError as error:
        show_error(error)
    else:
        st.toast(say_n("{n:,} row is back.", "{n:,} rows are back.", done.rows), icon=":material/undo:")


def _leave(found: Alike) -> None:
    st.session_state[keys.LEFT] = found.decision.client_key
