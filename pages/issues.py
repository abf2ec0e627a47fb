"""Issues: the labels that are probably wrong, ranked, and the reason for each."""

from __future__ import annotations

from core.ui.frame import open_page
from core.ui.issues_page import draw, followed
from core.ui.problems import shown_errors

frame = open_page("Issues", follows=followed)
with shown_errors():
    draw(frame)
