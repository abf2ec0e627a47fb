"""What the classes mean: how large each is, its guideline where one is written down, and typical rows of it."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import ClassMeaning, Story
from core.services.evaluation.words import percent
from core.ui.lists.paging import paged, pages
from core.ui.modalities import drawing_of
from core.ui.parts.problems import plain
from core.words import say

PAGE_CLASSES = 8
PAGE_KEY = "story-classes-page"
WIDTHS = (2, 2, 2, 2)


def classes(context: Context, told: Story) -> None:
    """A line for each class, largest first; its rows are those that the model is surest of and right about."""
    st.caption(say("Three typical rows of each: those that the newest model is surest of, and right about."))
    total = len(told.classes)
    shown = paged(PAGE_KEY, PAGE_CLASSES, lambda offset: told.classes[offset:][:PAGE_CLASSES], lambda _: total)
    with st.container(gap="small", key="story-classes"):
        for one in shown:
            _class(context, told, one)
    pages(PAGE_KEY, PAGE_CLASSES, total)
    if len(told.dataset.labels) > total:
        st.caption(say("The {n:,} largest of {all:,} classes.", n=total, all=len(told.dataset.labels)))


def _class(context: Context, told: Story, one: ClassMeaning) -> None:
    name, *places = st.columns(WIDTHS, gap="small", vertical_alignment="top")
    with name:
        st.markdown(f"**{plain(one.name)}**")
        st.caption(say("{n:,} rows, {share}", n=one.rows, share=percent(one.share)))
        if one.guideline:
            st.markdown(f":small[{plain(one.guideline)}]")
    for place, example in zip(places, one.typical, strict=False):
        with place:
            drawing_of(told.dataset).beside(context, example)
