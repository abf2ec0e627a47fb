"""What a model found in texts: one of them with its entities coloured and lettered, or many in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.records import Dataset, Run
from core.services.prediction.playground import Reply
from core.services.prediction.predict import found_in_row
from core.ui.spans.drawn import marked
from core.words import say, say_n

SHOWN = 10
LONG, LONG_PIXELS = 700, 320
SENTENCE_CHARACTERS = 300


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


def entities_of_rows(rows: Sequence[Mapping[str, object]], column: str, called: Callable[[str], str]) -> None:
    """The text of each row, what was found in it, how sure that is, and why nothing was."""
    found = [found_in_row(row, column) for row in rows]
    st.dataframe(
        {
            "sentence": [text[:SENTENCE_CHARACTERS] for text, *_ in found],
            "entities": [
                say(", ").join(f"{words} {called(name)} {score:.2f}" for words, name, score in spans)
                or (say("none", "of spans") if reason is None else None)
                for _, spans, _, reason in found
            ],
            "confidence": [sure if reason is None else None for _, _, sure, reason in found],
            "reason": [reason for *_, reason in found],
        },
        hide_index=True,
        column_config={
            "sentence": st.column_config.TextColumn(say("sentence"), width="large"),
            "entities": st.column_config.TextColumn(say("entities"), width="large"),
            "confidence": st.column_config.NumberColumn(
                say("confidence"), format="%.4f", help=say("How probable the least sure of the words is.")
            ),
            "reason": st.column_config.TextColumn(say("reason")),
        },
        height=300 if len(rows) > 8 else "content",
        placeholder="",
        alt=say("First rows of the results"),
    )
