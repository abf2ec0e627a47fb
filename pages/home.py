"""Home: every dataset with its next useful step, what is running, and the samples one click away."""

from __future__ import annotations

from core.ui.data.progress import report_load
from core.ui.home.datasets import dataset_list, open_standings
from core.ui.home.start import start_cards, start_row, steps_ahead, steps_card
from core.ui.parts.problems import shown_errors
from core.ui.parts.samples import missing_samples
from core.ui.shell.frame import open_page
from core.words import later

frame = open_page(later("Datasets"), needs="nothing", job_lines=5)
context, user = frame.context, frame.user
with shown_errors():
    report_load(context)
    found, total = open_standings(context)
    left = missing_samples(context)
    if total:
        start_row(context, user, left)
        dataset_list(found, total, led=steps_card(context, user, found))
    else:
        start_cards(context, user, left)
        steps_ahead()
