"""Words at the edges of entities: in some of them, just outside of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.context import Context
from core.profile.edges import Edge, Side
from core.records import Dataset, Version
from core.services.spans.figures import edge_sentences
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import CHOICE, choices_to_url, heading, numbers
from core.ui.spans.sentences import SHOWN, sentence_list, whole_sentences
from core.words import later, say

KEY = "edges"
_WORD, _WHICH = f"{CHOICE}-{KEY}-word", f"{CHOICE}-{KEY}-which"
WITHIN, BESIDE = later("part of the entity"), later("just outside")
SIDES: dict[Side, str] = {"first": later("at the beginning"), "last": later("at the end")}


def edges_list(context: Context, dataset: Dataset, version: Version, found: Sequence[Edge]) -> None:
    """Each word with both counts, the most divided first; a click on a line, or on a count, opens its sentences."""
    columns: dict[str, Sequence[object]] = {
        later("word"): [one.word for one in found],
        later("where"): [say(SIDES[one.side]) for one in found],
        WITHIN: [one.within for one in found],
        BESIDE: [one.beside for one in found],
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(
            say("Words at the edge of entities"),
            say("part of some entities and just outside of others, the most divided first") if found else "",
        )
        st.space("stretch")
        if found:
            numbers(dataset, version, later("edges"), columns, key=KEY)
    if not found:
        st.caption(say("No word is part of an entity at its edge in one place and just outside of one in another."))
        return
    left, right = st.columns([6, 6], gap="large")
    with left:
        _list(columns, found)
        chosen = _choice(found)
    with right:
        if chosen is None:
            st.caption(say("Choose a word in the list: its sentences will be here, as many as its counts say."))
        else:
            _sentences(context, dataset, version, chosen)
    st.caption(
        say(
            "Say in the guidelines of the types whether such words belong to an entity; those entities that you would "
            "change are in the list above, with a shorter one or in a longer one."
        )
    )


def _list(columns: Mapping[str, Sequence[object]], found: Sequence[Edge]) -> None:
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            "word": st.column_config.TextColumn(say("word")),
            "where": st.column_config.TextColumn(say("where")),
            "part of the entity": st.column_config.NumberColumn(
                say("part of the entity"),
                format="localized",
                help=say("How many entities of several words begin or end with it."),
            ),
            "just outside": st.column_config.NumberColumn(
                say("just outside"),
                format="localized",
                help=say("How many entities it stands directly before or behind, without being in one."),
            ),
        },
        height="content" if len(found) <= 8 else 320,
        key=f"{KEY}-list",
        on_select=lambda: _clicked(found),
        selection_mode=["single-row", "single-cell"],
        alt=say("Words at the edge of entities"),
    )


def _choice(found: Sequence[Edge]) -> Edge | None:
    """The word, by a click or from the box."""
    edges = {_name(one): one for one in found}
    if st.session_state.get(_WORD) not in edges:
        st.session_state[_WORD] = None
    name = st.selectbox(
        say("Words"),
        list(edges),
        index=None,
        key=_WORD,
        on_change=choices_to_url,
        format_func=lambda one: f"{edges[one].word} · {say(SIDES[edges[one].side])}",
        placeholder=say("Choose a word"),
        label_visibility="collapsed",
        icon=":material/match_word:",
    )
    return None if name is None else edges[name]


def _name(edge: Edge) -> str:
    """By which the URL names it."""
    return f"{edge.side} {edge.word}"


def _clicked(found: Sequence[Edge]) -> None:
    """A click on a count opens what it counts, any other click of a line the entities that have the word."""
    chosen = st.session_state[f"{KEY}-list"]["selection"]
    cells = chosen.get("cells") or []
    rows = chosen["rows"] or [row for row, _ in cells]
    st.session_state[_WORD] = _name(found[rows[0]]) if rows and rows[0] < len(found) else None
    st.session_state[_WHICH] = BESIDE if any(column == BESIDE for _, column in cells) else WITHIN
    choices_to_url()


def _sentences(context: Context, dataset: Dataset, version: Version, edge: Edge) -> None:
    counts = {WITHIN: edge.within, BESIDE: edge.beside}
    heading(plain(edge.word), say(SIDES[edge.side]))
    if st.session_state.get(_WHICH) not in counts:
        st.session_state[_WHICH] = WITHIN
    which = st.segmented_control(
        say("Show"),
        list(counts),
        required=True,
        format_func=lambda one: f"{say(one)} · {counts[one]:,}",
        key=_WHICH,
        on_change=choices_to_url,
        label_visibility="collapsed",
    )
    asked = (version.version_id, edge.word, edge.side, which == WITHIN)
    found = settled(lambda: edge_sentences(context, *asked))
    if found is None:
        return
    shown = found[:SHOWN]
    key = f"{KEY}-sentences-{hash((*asked, context.store.newest_act())):x}"
    types = [say(", ").join(map(dataset.called, one.types)) for one in shown]
    picked = sentence_list(shown, types, key, say("Sentences with this word"))
    if len(found) > len(shown):
        st.caption(say("The first {n:,} of {all:,}.", n=len(shown), all=len(found)))
    whole_sentences(dataset, picked or shown[:1])
