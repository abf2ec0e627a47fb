"""What people call a run, and what they have noted of it."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Run
from core.services.runs.naming import MOST_NAME, MOST_NOTE, describe_run, note_shown
from core.ui.parts.problems import plain, shown_errors
from core.words import say, say_stored


def name_of(run: Run) -> str:
    """Its own name, else what it was asked to do."""
    return f"{run.name} · {say_stored(run.title)}" if run.name else say_stored(run.title)


def named(context: Context, run: Run) -> None:
    """The note, and a way to change it and the name."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run-named"):
        if kept := note_shown(context, run):
            st.caption(f":material/sticky_note_2: {plain(kept)}", width="content")
        with st.popover(say("Name and note"), icon=":material/edit_note:", type="tertiary", key="run-name"):
            name = st.text_input(say("Name"), run.name, max_chars=MOST_NAME, key=f"run-name-{run.run_id}")
            note = st.text_area(say("Note"), kept, max_chars=MOST_NOTE, key=f"run-note-{run.run_id}")
            if st.button(say("Save"), type="primary", key="run-name-save"):
                with shown_errors():
                    describe_run(context, run, name=name, note=note)
                    st.rerun()
