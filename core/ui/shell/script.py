"""The script that `app.py` serves: page settings, the one style block, navigation. Holds no page's content."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.ui import keys
from core.ui.live import drawn_anew_after_a_restart
from core.ui.shell.pages import PAGES, READ, page
from core.ui.shell.reading import reading

HERE = Path(__file__).parent
ICON = HERE / "logo.svg"

# Its menu is there for light and dark, and only with an entry of ours.
ABOUT = "Winnow finds and fixes the wrong labels in a dataset. `?` shows all keys, Ctrl K goes anywhere."
st.set_page_config(page_icon=str(ICON), layout="wide", menu_items={"About": ABOUT})
st.logo(str(ICON), size="small")
st.html(HERE / "shell.css")
readable = [name for name in PAGES if name in READ] if reading() else PAGES
opened = st.navigation([page(name) for name in readable], position="hidden" if reading() else "top")
st.session_state[keys.PAGE] = next(name for name, entry in PAGES.items() if entry.title == opened.title)
drawn_anew_after_a_restart()
opened.run()
