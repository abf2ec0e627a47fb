"""Story: what became of a dataset, how good it is and what to do next; the one link that is given to others."""

from __future__ import annotations

import streamlit as st

from core.services.story.tell import story
from core.services.story.words import QUESTIONS
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain, shown_errors
from core.ui.parts.told.provenance import provenance
from core.ui.shell.frame import open_page
from core.ui.shell.reading import reading
from core.ui.story.answer import answer, next_acts
from core.ui.story.behind import rows_behind
from core.ui.story.classes import classes
from core.ui.story.costs import threshold
from core.ui.story.errors import effect, suspects, worst_classes
from core.ui.story.numbers import number_page
from core.ui.story.places import ERRORS, SUSPECTS
from core.ui.story.share import report_of, take_along
from core.ui.story.trend import baselines, decided, versions
from core.words import say, say_stored

frame = open_page("Story", versions=False, to_read="story")
context, dataset = frame.context, frame.dataset
with shown_errors():
    provenance(context, dataset, "story", links=not reading())
    if number_page(context, dataset):
        st.stop()
    told = settled(lambda: story(context, dataset))
    if told is None:
        st.stop()
    take_along(dataset, report_of(context, told))
    answer(told)
    rows_behind(context, told, ERRORS, "flagged")
    st.header(say(QUESTIONS["next"]), anchor=False)
    next_acts(told)
    st.header(say(QUESTIONS["trend"]), anchor=False)
    versions(told)
    decided(told)
    rows_behind(context, told, "decided")
    st.header(say(QUESTIONS["baseline"]), anchor=False)
    baselines(told)
    st.header(say(QUESTIONS["worst"]), anchor=False)
    worst_classes(told)
    rows_behind(context, told, "worst")
    st.header(say(QUESTIONS["suspects"]), anchor=False)
    suspects(told)
    rows_behind(context, told, SUSPECTS)
    st.header(say(QUESTIONS["effect"]), anchor=False)
    effect(told)
    st.header(say(QUESTIONS["threshold"]), anchor=False)
    threshold(context, told)
    st.header(say(QUESTIONS["classes"]), anchor=False)
    classes(context, told)
    with st.expander(say("What these figures cannot tell"), icon=":material/info:"):
        for said in told.limits:
            st.caption(plain(say_stored(said)))
