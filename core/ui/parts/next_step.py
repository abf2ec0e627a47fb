"""The end of a page: the next useful step, as its one button."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset
from core.services.steps.overview import PageName, next_step, standing_of
from core.store.datasets import get_dataset
from core.ui import keys
from core.ui.shell.pages import open_link
from core.ui.shell.reading import reading
from core.words import say


def next_act(context: Context, dataset: Dataset, page: PageName, shown: int | None = None) -> None:
    """What to do next with a dataset, seen from the view of `page` that is open; nothing where others only read. A page
    that shows another version, the number of which is `shown`, than the newest shows nothing of what is next."""
    if reading():
        return
    standing = standing_of(context, get_dataset(context.store, dataset.dataset_id))
    here = page if shown in (None, standing.version.number) else None
    step = next_step(standing, here, st.query_params.get(keys.VIEW))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="next-step"):
        st.space("stretch")
        st.caption(say("Next"), width="content")
        open_link(
            step.page,
            step.label,
            key="next-step-button",
            type="primary",
            icon=":material/arrow_forward:",
            dataset=dataset.name,
            version=standing.version.number,
            view=step.view,
            run=step.run,
        )
