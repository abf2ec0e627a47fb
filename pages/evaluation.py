"""Evaluate: how good a run is on a split, where it errs, and which of two is better. A copied link opens the same."""

from __future__ import annotations

from core.ui.evaluation_page import draw
from core.ui.frame import open_page
from core.ui.problems import shown_errors

frame = open_page("Evaluate", versions=False)
with shown_errors():
    draw(frame)
