"""Review where nothing has ranked the rows: those of a type or with some words, one after the other."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, RowFilter, Version
from core.services.review.rows_source import RowsSource
from core.store.rows import values
from core.ui.parts.labels import split_said, target_of
from core.ui.review.stage import Mode, stage
from core.ui.shell.pages import link
from core.words import say

_KEY = "review-rows"


def rows_queue(context: Context, dataset: Dataset, version: Version, user: str, mode: Mode) -> None:
    """The boxes that narrow the queue, then the desk."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = st.text_input(
            say("Search"),
            key=f"{_KEY}-words",
            placeholder=say("Words in the example"),
            label_visibility="collapsed",
            width=240,
        )
        label = (
            None
            if target_of(dataset).numeric
            else st.selectbox(
                say("Type"),
                dataset.labels,
                index=None,
                key=f"{_KEY}-label",
                placeholder=say("Type"),
                format_func=dataset.called,
                label_visibility="collapsed",
                width=200,
            )
        )
        splits = values(context.store, version.version_id, "split", 50)
        split = (
            st.selectbox(
                say("Split"),
                splits,
                index=None,
                key=f"{_KEY}-split",
                placeholder=say("Split"),
                format_func=split_said,
                label_visibility="collapsed",
                width=160,
            )
            if splits
            else None
        )
        st.space("stretch")
        link(
            "issues",
            say("Find wrong labels"),
            icon=":material/troubleshoot:",
            dataset=dataset.name,
            version=version.number,
        )
    where = RowFilter(label=label, split=split, text=words.strip() or None)
    # Spans are edited where they stand, with no key of their own for it.
    source = RowsSource(where, offered=("keep", "choose", "exclude", "unsure"))
    stage(context, dataset, version, user, lambda: source, mode)
