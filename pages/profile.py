"""Profile: how balanced and how biased the labels are. Every bar opens its rows."""

from __future__ import annotations

from core.ui.parts.problems import shown_errors
from core.ui.profile.page import draw
from core.ui.shell.frame import open_page

frame = open_page("Profile")
with shown_errors():
    draw(frame)
