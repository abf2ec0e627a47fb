"""The glossary as a dialog: what the words of the pages mean, to be searched."""

from __future__ import annotations

import streamlit as st

from core.words import say
from core.words.glossary import ABOUT, terms

HEIGHT = 460


def glossary_button() -> None:
    """Opens the glossary, where there is one."""
    if terms() and st.button(say("Glossary"), icon=":material/menu_book:", key="glossary-open"):
        st.dialog(say("Glossary"), width="medium")(_words)()


def _words() -> None:
    asked = str(st.text_input(say("Find a word"), key="glossary-asked")).strip().casefold()
    told = [(term, say(term, ABOUT), say(line, ABOUT)) for term, line in terms()]
    found = [one for one in told if asked in " ".join(one).casefold()]
    with st.container(height=HEIGHT, border=False, gap="small", key="glossary-words"):
        for term, said, line in found:
            st.markdown(f"**{said}**{'' if said == term else f' `{term}`'}  \n{line}")
        if not found:
            st.caption(say("No word has that in it."))
