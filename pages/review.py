"""Review: judge labels with the keyboard, see what was decided, and make a corrected version."""

from __future__ import annotations

from core.ui.frame import open_page
from core.ui.problems import shown_errors
from core.ui.review_page import draw

frame = open_page("Review")
with shown_errors():
    draw(frame)
