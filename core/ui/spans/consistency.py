"""The consistency desk: words that are labelled differently, the sentences where they stand, and one act that labels
them alike, in all of these or in some."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.context import Context
from core.profile.spans import SpansProfile
from core.profile.surfaces import Surface
from core.records import Dataset, Version
from core.services.spans.figures import Place, Standing, places, retyped
from core.ui.lists.acts.act_on_all import ActOnAll
from core.ui.parts.problems import plain
from core.ui.profile.parts import CHOICE, choices_to_url, heading, numbers
from core.ui.spans.sentences import SHOWN, sentence_list, whole_sentences
from core.words import later, say, say_n

KEY = "consistency"
_SURFACE = f"{CHOICE}-{KEY}-words"
NONE = ""
"""In place of a type: no entity."""
STANDING: dict[Standing, str] = {
    "none": later("in no entity"),
    "shorter": later("with a shorter one: {words}, {type}"),
    "longer": later("in a longer one: {words}, {type}"),
}


def consistency_desk(context: Context, dataset: Dataset, version: Version, found: SpansProfile) -> None:
    """The list of words on the left; the chosen one's sentences and its act on the right."""
    acts = ActOnAll(context, dataset, KEY)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        count = found.surfaces_in_all
        heading(
            say("The same words, labelled differently"),
            say("{n:,} of them, the most doubtful first; what you decided is taken in", n=count) if count else "",
        )
        st.space("stretch")
        if found.surfaces:
            numbers(dataset, version, later("consistency"), _columns(dataset, found.surfaces), key=KEY)
    if not found.surfaces:
        st.caption(say("All words are labelled alike wherever they stand."))
        return
    left, right = st.columns([6, 6], gap="large")
    with left:
        chosen = _list(dataset, found.surfaces)
    with right:
        if chosen is None:
            st.caption(say("Choose words in the list: their sentences will be here, to change all or some at once."))
        else:
            _sentences(context, dataset, version, chosen, acts)


def said(dataset: Dataset, surface: Surface) -> str:
    """`LOC 41, ORG 3`."""
    return say(", ").join(f"{dataset.called(name)} {count:,}" for name, count in surface.types)


def _columns(dataset: Dataset, surfaces: Sequence[Surface]) -> dict[str, list[object]]:
    return {
        later("words"): [one.words for one in surfaces],
        later("types"): [said(dataset, one) for one in surfaces],
        later("entities"): [one.spans for one in surfaces],
        later("in no entity"): [one.unmarked for one in surfaces],
        later("with a shorter one"): [one.shorter for one in surfaces],
        later("in a longer one"): [one.longer for one in surfaces],
        later("doubtful"): [one.doubtful for one in surfaces],
    }


def _list(dataset: Dataset, surfaces: Sequence[Surface]) -> Surface | None:
    names = [one.words for one in surfaces]
    st.dataframe(
        {
            "words": names,
            "types": [said(dataset, one) for one in surfaces],
            "none": [one.unmarked for one in surfaces],
            "shorter": [one.shorter for one in surfaces],
            "longer": [one.longer for one in surfaces],
        },
        hide_index=True,
        column_config={
            "words": st.column_config.TextColumn(say("words")),
            "types": st.column_config.TextColumn(say("types")),
            "none": st.column_config.NumberColumn(
                say("in no entity"), format="localized", help=say("How often the words stand where no entity is.")
            ),
            "shorter": st.column_config.NumberColumn(
                say("with a shorter one"),
                format="localized",
                help=say("How often only a part of the words is an entity, or one begins or ends within them."),
            ),
            "longer": st.column_config.NumberColumn(
                say("in a longer one"),
                format="localized",
                help=say("How often the words are within a longer entity, as “New York” in “New York City”."),
            ),
        },
        height="content" if len(names) <= 10 else 400,
        key=f"{KEY}-list",
        on_select=partial(_clicked, names),
        selection_mode="single-row",
        alt=say("Words that are labelled differently in different places"),
    )
    if st.session_state.get(_SURFACE) not in names:
        st.session_state[_SURFACE] = None
    chosen = st.selectbox(
        say("Words"),
        names,
        index=None,
        key=_SURFACE,
        on_change=choices_to_url,
        placeholder=say("Choose words"),
        label_visibility="collapsed",
        icon=":material/match_word:",
    )
    return next((one for one in surfaces if one.words == chosen), None)


def _clicked(names: Sequence[str]) -> None:
    rows = st.session_state[f"{KEY}-list"]["selection"]["rows"]
    st.session_state[_SURFACE] = names[rows[0]] if rows else None
    choices_to_url()


def _sentences(context: Context, dataset: Dataset, version: Version, surface: Surface, acts: ActOnAll) -> None:
    found = places(context, version.version_id, surface.words)
    heading(plain(surface.words), plain(_all_said(dataset, surface)))
    table_key = f"{KEY}-{surface.words}-{context.store.newest_act()}"
    usual = surface.types[0][0]
    shown = sorted(found, key=lambda one: (one.standing == "marked" and one.type == usual, one.standing == "longer"))
    shown = shown[:SHOWN]
    types = [_type_said(dataset, one) for one in shown]
    picked = sentence_list(shown, types, table_key, say("Sentences with these words"))
    if len(found) > len(shown):
        st.caption(say("The first {n:,} of {all:,}; an act on all of them is on all.", n=len(shown), all=len(found)))
    _act(dataset, version, surface, found, picked, acts)
    whole_sentences(dataset, picked or shown[:1])


def _act(
    dataset: Dataset,
    version: Version,
    surface: Surface,
    found: Sequence[Place],
    picked: Sequence[Place],
    acts: ActOnAll,
) -> None:
    """The type they get, and the act on those that are ticked, or on all."""
    options = [*(name for name, _ in surface.types), *(n for n in dataset.labels if n not in dict(surface.types)), NONE]
    alike = [one for one in found if one.standing in ("marked", "none")]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        to = st.selectbox(
            say("Make them"),
            options,
            key=f"{KEY}-to-{surface.words}",
            format_func=lambda name: dataset.called(name) if name else say("no entity"),
            width=200,
        )
        among = retyped(version.version_id, picked or alike, to)
        rows = len(among.rows)
        title = (
            say_n("Change {n:,} ticked row", "Change {n:,} ticked rows", rows)
            if picked
            else say_n("Change {n:,} row", "Change {n:,} rows", rows)
        )
        acts.at_once(among, f"“{surface.words}” {to or 'no entity'}", title, disabled=not rows)
    st.caption(say("Without ticks, all of them. Each row gets a decision, and Undo takes all of them back."))
    if len(alike) < len(found):
        st.caption(
            say("Without ticks, longer and shorter entities stay; where they are ticked, these words take their place.")
        )


def _all_said(dataset: Dataset, surface: Surface) -> str:
    """`LOC 41, ORG 3, in no entity 3`."""
    others = {
        say("in no entity"): surface.unmarked,
        say("with a shorter one"): surface.shorter,
        say("in a longer one"): surface.longer,
    }
    return say(", ").join([said(dataset, surface), *(f"{name} {count:,}" for name, count in others.items() if count)])


def _type_said(dataset: Dataset, one: Place) -> str:
    if one.standing == "marked":
        return dataset.called(one.type)
    return say(STANDING[one.standing], words=one.covered, type=dataset.called(one.type) if one.type else "")
