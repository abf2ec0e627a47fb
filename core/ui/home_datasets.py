"""Home's list: one line per dataset with where it stands and the next useful step. Starts nothing."""

from __future__ import annotations

import streamlit as st

from core.ui.empty import empty_state
from core.ui.frame import BareFrame
from core.ui.pages import link
from core.ui.problems import plain
from core.ui.strip import progress_text
from core.workflow.overview import Standing, next_step, standings

PAGE_DATASETS = 20
TASK_ICONS = {"text": "notes", "image": "image"}


def dataset_list(frame: BareFrame) -> None:
    """Every dataset, newest first, a page at a time."""
    number = int(st.session_state.get("home-page", 1))
    found, total = standings(frame.context, PAGE_DATASETS, (number - 1) * PAGE_DATASETS)
    if not total:
        empty_state(
            "No dataset yet",
            "Load your own files, or one of the samples above: from there it is minutes to a corrected version.",
            icon="database",
            action=lambda: link("data", "Load your own data", icon=":material/upload:", view="load"),
        )
        return
    with st.container(gap=None, border=True, key="dataset-list"):
        for standing in found:
            _line(standing)
    if total > PAGE_DATASETS:
        st.pagination(-(-total // PAGE_DATASETS), key="home-page")


def _line(standing: Standing) -> None:
    dataset, version, step = standing.dataset, standing.version, next_step(standing)
    with st.container(key=f"dataset-line-{dataset.dataset_id}"):
        name, size, review, action = st.columns([3, 2.2, 3, 2], vertical_alignment="center")
    with name:
        icon = f":material/{TASK_ICONS.get(dataset.task, 'database')}:"
        link("profile", f"**{plain(dataset.name)}**", icon=icon, dataset=dataset.name, version=version.number)
    size.caption(f"v{version.number} · {version.row_count:,} rows · {len(dataset.labels):,} classes")
    with review:
        _review(standing)
    with action.container(horizontal_alignment="right"):
        link(
            step.page,
            step.label,
            icon=":material/arrow_forward:",
            icon_position="right",
            dataset=dataset.name,
            version=version.number,
            view=step.view,
        )


def _review(standing: Standing) -> None:
    counts = standing.review
    if standing.scanning is not None:
        st.caption(f":material/progress_activity: scan: {plain(progress_text(standing.scanning))}")
    elif standing.scan is None:
        st.caption("not scanned")
    elif not counts.flagged:
        st.caption(":material/check: nothing flagged")
    else:
        st.caption(f"{counts.flagged:,} flagged · {counts.decided:,} decided · {counts.left:,} left")
