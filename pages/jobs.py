"""Jobs: everything that runs or ran, with progress, time left, log, stop, cancel and start again."""

from __future__ import annotations

from core.ui.jobs.page import draw
from core.ui.shell.frame import open_page

draw(open_page("Jobs", needs="nothing", job_lines=0))
