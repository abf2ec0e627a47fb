"""Profile: how balanced and how biased the labels are. Every bar opens its rows."""

from __future__ import annotations

from core.ui.frame import open_page
from core.ui.problems import shown_errors
from core.ui.profile_page import draw

frame = open_page("Profile")
with shown_errors():
    draw(frame)
