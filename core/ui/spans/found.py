"""What a model found in a text: the text with its entities coloured and lettered, and how probable each is."""

from __future__ import annotations

import streamlit as st

from core.records import Dataset, Run
from core.services.prediction.playground import Reply
from core.ui.spans.drawn import marked
from core.words import say, say_n

SHOWN = 10
LONG, LONG_PIXELS = 700, 320


def entities_found(dataset: Dataset, run: Run, reply: Reply) -> None:
    """The text, then a line for each entity in the order of the text."""
    spans = reply.spans
    st.markdown("### " + (say_n("{n:,} entity", "{n:,} entities", len(spans)) if spans else say("No entities")))
    with st.container(height=LONG_PIXELS if len(reply.text) > LONG else "content", border=True, key="use-entities"):
        st.markdown(marked(dataset, reply.text, [(start, stop, name) for start, stop, name, _ in spans]))
    if not spans:
        st.caption(
            say(
                "every word is outside of all entities; of the least sure one it is {sure:.1%} sure",
                sure=reply.confidence,
            )
        )
        return
    st.dataframe(
        {
            "words": [" ".join(reply.text[start:stop].split()) for start, stop, _, _ in spans],
            "type": [dataset.called(name) for _, _, name, _ in spans],
            "probability": [100 * score for *_, score in spans],
        },
        hide_index=True,
        height="content" if len(spans) <= SHOWN else 420,
        column_config={
            "words": st.column_config.TextColumn(say("words")),
            "type": st.column_config.TextColumn(say("type"), width="small"),
            "probability": st.column_config.ProgressColumn(
                say("probability"), format="%.1f %%", min_value=0.0, max_value=100.0
            ),
        },
        key=f"use-probabilities-{run.run_id}",
        alt=say("Entities in the order of the text, and how probable each is"),
    )
    st.caption(say("An entity is as probable as its least probable word is of its type."))
