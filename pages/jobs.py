"""Jobs: everything that runs or ran, with progress, time left, log, stop, cancel and start again; and the
space that what they made takes."""

from __future__ import annotations

from core.services.jobs import has_jobs
from core.ui.jobs.list import choose_jobs, how_many, job_list, jobs_looked_at, linked_job, nothing_has_run, open_jobs
from core.ui.jobs.space import space_panel
from core.ui.jobs.webhook import webhook_line
from core.ui.live import live
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page
from core.words import later

frame = open_page(later("Jobs"), needs="nothing", job_lines=0)
context = frame.context


def jobs() -> None:
    """The page, drawn again where what it shows has changed."""
    page = open_jobs(context)
    how_many(page)
    linked_job(context, page)
    job_list(context, page)


with shown_errors():
    webhook_line(context)
    if has_jobs(context):
        choose_jobs()
        live(context, jobs, lambda: jobs_looked_at(context), key="jobs")
    else:
        nothing_has_run()
with shown_errors():
    space_panel(context)
