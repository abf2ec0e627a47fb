"""Issues: the labels that are probably wrong, ranked, and the reason for each."""

from __future__ import annotations

from core.ui.issues.page import draw, followed
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page

frame = open_page("Issues", follows=followed)
with shown_errors():
    draw(frame)
