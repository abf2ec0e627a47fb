"""Home: every dataset with its next useful step, what is running, and the samples one click away."""

from __future__ import annotations

from core.ui.frame import open_page
from core.ui.home_datasets import home
from core.ui.problems import shown_errors

frame = open_page("Datasets", needs="nothing", job_lines=5)
with shown_errors():
    home(frame)
