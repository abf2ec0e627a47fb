"""Which classes are bad, which of the errors are wrong labels, and whether the cleaning paid."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Story
from core.services.story.words import answers
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.ui.story.behind import SUSPECTS, count, worst_at


def worst_classes(told: Story) -> None:
    """A line for each, with the way to its rows."""
    if not told.worst:
        st.caption(plain(answers(told)["worst"]))
        return
    with st.container(gap="xxsmall", key="story-worst"):
        for place, one in enumerate(told.worst):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"{plain(one.sentence)}.", width="content")
                count(f"{one.rows:,} {'row' if one.rows == 1 else 'rows'}", worst_at(place))


def suspects(told: Story) -> None:
    """How many errors are on doubtful labels."""
    if told.suspects is None:
        st.caption(plain(told.suspects_missing))
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="story-suspects"):
        st.markdown(f"{plain(told.suspects.sentence)}.", width="content")
        if told.suspects.rows:
            count(f"{told.suspects.rows:,} {'row' if told.suspects.rows == 1 else 'rows'}", SUSPECTS)


def effect(context: Context, told: Story) -> None:
    """The sentence with its random control, or how to get one."""
    st.markdown(plain(told.effect))
    if reading():
        return
    number = told.effect_version or told.newest.number
    words = "The comparison in full" if told.effect_version else "Measure it"
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
