"""The script that `app.py` serves: page settings, the one style block, navigation. Holds no page's content."""

from __future__ import annotations

import streamlit as st

from core.ui import keys
from core.ui.pages import FOLDER, PAGES, page

ICON = FOLDER.parent / "core" / "ui" / "logo.svg"

st.set_page_config(page_icon=str(ICON), layout="wide", menu_items={})
st.logo(str(ICON), size="small")
st.html(FOLDER.parent / "core" / "ui" / "shell.css")
opened = st.navigation([page(name) for name in PAGES], position="top")
st.session_state[keys.PAGE] = next(name for name, entry in PAGES.items() if entry.title == opened.title)
opened.run()
