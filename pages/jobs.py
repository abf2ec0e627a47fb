"""Jobs: everything that runs or ran, with progress, time left, log, stop, cancel and start again."""

from __future__ import annotations

from core.ui.frame import open_page
from core.ui.jobs_page import draw

draw(open_page("Jobs", needs="nothing", job_lines=0))
