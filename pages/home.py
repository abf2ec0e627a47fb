"""Home: every dataset with its next useful step, what is running, and the samples one click away."""

from __future__ import annotations

from core.ui.home.datasets import home
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page

frame = open_page("Datasets", needs="nothing", job_lines=5)
with shown_errors():
    home(frame)
