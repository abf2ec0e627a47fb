"""The script that `app.py` serves: page settings, the one style block, navigation. Holds no page's content."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.ui import keys
from core.ui.shell.pages import PAGES, page

HERE = Path(__file__).parent
ICON = HERE / "logo.svg"

st.set_page_config(page_icon=str(ICON), layout="wide", menu_items={})
st.logo(str(ICON), size="small")
st.html(HERE / "shell.css")
opened = st.navigation([page(name) for name in PAGES], position="top")
st.session_state[keys.PAGE] = next(name for name, entry in PAGES.items() if entry.title == opened.title)
opened.run()
