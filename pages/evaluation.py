"""Evaluate: how good a run is on a split, where it errs, and which of two is better. A copied link opens the same."""

from __future__ import annotations

from core.ui.evaluation.page import draw
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page

frame = open_page("Evaluate", versions=False)
with shown_errors():
    draw(frame)
