"""A list of the places where some words stand, each in its sentence, and the sentences that are picked, whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from core.records import Dataset
from core.services.spans.figures import EdgeSentence, Place
from core.targets.spans.form import spans_of
from core.ui.spans.drawn import around, marked
from core.words import say

Sentence = TypeVar("Sentence", Place, EdgeSentence)
SHOWN, WHOLE = 300, 3
"""Sentences in such a list, and drawn whole beneath it."""


def sentence_list(shown: Sequence[Sentence], types: Sequence[str], key: str, alt: str) -> list[Sentence]:
    """Draws the list, each with what is said of its type; returns those that are picked."""
    event = st.dataframe(
        {
            "row": [one.example_id for one in shown],
            "type": types,
            "sentence": [around(one.text, one.start, one.stop) for one in shown],
        },
        hide_index=True,
        column_config={
            "row": st.column_config.NumberColumn(say("row"), width="small", format="%d"),
            "type": st.column_config.TextColumn(say("type")),
            "sentence": st.column_config.TextColumn(say("sentence"), width="large"),
        },
        height="content" if len(shown) <= 8 else 320,
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        alt=alt,
    )
    return [shown[place] for place in event["selection"]["rows"] if place < len(shown)]


def whole_sentences(dataset: Dataset, sentences: Sequence[Place | EdgeSentence]) -> None:
    """Draws the first of them with all that is marked in them."""
    for one in sentences[:WHOLE]:
        with st.container(border=True):
            st.caption(say("row {number}", number=one.example_id))
            st.markdown(marked(dataset, one.text, spans_of(one.label)))
