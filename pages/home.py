"""Home: every dataset with its next useful step, what is running, and the samples one click away."""

from __future__ import annotations

from core.ui.frame import open_page
from core.ui.home_datasets import dataset_list
from core.ui.home_start import start_row

frame = open_page("Datasets", needs="nothing", job_lines=5)
start_row(frame)
dataset_list(frame)
