"""Which classes are bad, which of the errors are wrong labels, and whether the cleaning paid."""

from __future__ import annotations

import streamlit as st

from core.records import Story
from core.services.story.words import answers, effect_words, ended
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.ui.story.behind import count
from core.ui.story.places import SUSPECTS, worst_at
from core.words import say, say_n, say_stored


def worst_classes(told: Story) -> None:
    """A line for each, with the way to its rows."""
    if not told.worst:
        st.caption(plain(answers(told)["worst"]))
        return
    with st.container(gap="xxsmall", key="story-worst"):
        for place, one in enumerate(told.worst):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(plain(ended(one.sentence)), width="content")
                count(say_n("{n:,} row", "{n:,} rows", one.rows), worst_at(place))


def suspects(told: Story) -> None:
    """How many errors are on doubtful labels."""
    if told.suspects is None:
        st.caption(plain(say_stored(told.suspects_missing)))
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="story-suspects"):
        st.markdown(plain(ended(told.suspects.sentence)), width="content")
        if told.suspects.rows:
            count(say_n("{n:,} row", "{n:,} rows", told.suspects.rows), SUSPECTS)


def effect(told: Story) -> None:
    """The sentence with its random control, or how to get one."""
    st.markdown(plain(effect_words(told)))
    if reading():
        return
    number = told.effect_version or told.newest.number
    words = say("The comparison in full") if told.effect_version else say("Measure it")
    if told.effect_version or len(told.lines) > 1:
        link(
            "training",
            words,
            icon=":material/arrow_forward:",
            icon_position="right",
            dataset=told.dataset.name,
            version=number,
            view="effect",
        )
