"""Review: judge labels with the keyboard, see what was decided, and make a corrected version."""

from __future__ import annotations

from core.ui.parts.problems import shown_errors
from core.ui.review.page import draw
from core.ui.shell.frame import open_page

frame = open_page("Review")
with shown_errors():
    draw(frame)
