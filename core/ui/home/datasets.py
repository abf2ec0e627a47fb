"""Home's list: one line per dataset with where it stands and the next useful step. Starts nothing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.services.overview import Standing, next_step, standings
from core.tasks import task_named
from core.ui import keys
from core.ui.parts.paging import paged, pages
from core.ui.parts.problems import plain
from core.ui.parts.review_counts import settled_before
from core.ui.shell.pages import count, link
from core.ui.shell.strip import progress_text

PAGE_DATASETS = 20
PAGE_KEY = "home-page"
WIDTHS = (3, 2.4, 3, 2.6)


def open_standings(context: Context) -> tuple[list[Standing], int]:
    """The page of datasets that is open, newest first, and how many there are in all."""
    return paged(
        PAGE_KEY, PAGE_DATASETS, lambda offset: standings(context, PAGE_DATASETS, offset), lambda page: page[1]
    )


def dataset_list(found: Sequence[Standing], total: int) -> None:
    """A line per dataset, and the pages of the list."""
    with st.container(gap=None, border=True, key="dataset-list"):
        with st.container(key="dataset-list-head"):
            for column, title in zip(st.columns(WIDTHS), ("Dataset", "Newest version", "Labels", ""), strict=True):
                column.caption(title)
        for standing in found:
            _line(standing)
    pages(PAGE_KEY, PAGE_DATASETS, total)


def _line(standing: Standing) -> None:
    dataset, version, step = standing.dataset, standing.version, next_step(standing)
    with st.container(key=f"dataset-line-{dataset.dataset_id}"):
        name, size, review, action = st.columns(WIDTHS, vertical_alignment="center")
    with name:
        icon = f":material/{task_named(dataset.task).modality.icon}:"
        link("profile", f"**{plain(dataset.name)}**", icon=icon, dataset=dataset.name, version=version.number)
    made = f"v{version.number} of {version.created_at:%d %b}"
    size.caption(f"{made} · {version.row_count:,} rows · {len(dataset.labels):,} classes")
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
            run=step.run,
        )


def _review(standing: Standing) -> None:
    counts = standing.review
    if standing.scanning is not None:
        st.caption(f":material/progress_activity: scan: {plain(progress_text(standing.scanning))}")
    elif standing.scan is None:
        st.caption("not scanned")
    elif not counts.flagged:
        untold = standing.scan.found().get("untold")
        st.caption(":material/question_mark: cannot be told" if untold else ":material/check: nothing flagged")
    else:
        _counts(standing)


def _counts(standing: Standing) -> None:
    review, number = standing.review, standing.version.number
    here: dict[str, str | int] = {"dataset": standing.dataset.name, "version": number}
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        count(review.flagged, "flagged", "issues", **here)
        count(review.decided, "decided", "review", **here, view="decisions", **{keys.LOG_VERSION: number})
        settled_before(review)
        count(review.left, "left", "review", **here, view="desk")
