"""Home's list: one line per dataset with where it stands and the next useful step. Starts nothing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.trend import SPARK_WIDTH, spark
from core.context import Context
from core.records import Dataset, Scan
from core.services.evaluation.words import percent
from core.services.issues.listing import types_found
from core.services.steps.overview import Standing, next_step, standings
from core.tasks import target_of, task_named
from core.ui.lists.paging import paged, pages
from core.ui.lists.review_counts import decided
from core.ui.parts.labels import size_said
from core.ui.parts.problems import plain
from core.ui.shell.pages import count, link
from core.ui.shell.strip import progress_text
from core.words import later, say, say_n

PAGE_DATASETS = 20
PAGE_KEY = "home-page"
WIDTHS = (2.1, 2.9, 3.3, 2.7, 2.3)


def open_standings(context: Context) -> tuple[list[Standing], int]:
    """The page of datasets that is open, newest first, and how many there are in all."""
    return paged(
        PAGE_KEY, PAGE_DATASETS, lambda offset: standings(context, PAGE_DATASETS, offset), lambda page: page[1]
    )


def dataset_list(found: Sequence[Standing], total: int, led: Dataset | None = None) -> None:
    """A line per dataset, and the pages of the list; that of the one that is `led` elsewhere says no next step."""
    with st.container(gap=None, border=True, key="dataset-list"):
        with st.container(key="dataset-list-head"):
            for column, title in zip(
                st.columns(WIDTHS),
                (say("Dataset"), say("Newest version, last act"), say("Trend"), say("Issues"), say("What to do next")),
                strict=True,
            ):
                column.caption(title)
        for standing in found:
            _line(standing, led is not None and led.dataset_id == standing.dataset.dataset_id)
    pages(PAGE_KEY, PAGE_DATASETS, total)


def _line(standing: Standing, led: bool) -> None:
    dataset, version = standing.dataset, standing.version
    with st.container(key=f"dataset-line-{dataset.dataset_id}"):
        name, size, trend, review, action = st.columns(WIDTHS, vertical_alignment="center")
    with name:
        icon = f":material/{task_named(dataset.task).modality.icon}:"
        link("profile", f"**{plain(dataset.name)}**", icon=icon, dataset=dataset.name, version=version.number)
    made = say("v{n} of {day:%d %b}", n=version.number, day=version.created_at)
    holds = size_said(dataset, version.row_count)
    with size.container(gap=None):
        st.caption(f"{made} · {holds}")
        if standing.last:
            last = standing.last
            st.caption(say("{act} by {user}, {day:%d %b}", act=plain(last.words), user=plain(last.by), day=last.at))
    with trend:
        _trend(standing)
    with review:
        _review(standing)
    with action.container(horizontal_alignment="right"):
        if led:
            st.caption(say("the first steps, above"), width="content")
            return
        step = next_step(standing)
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


def _trend(standing: Standing) -> None:
    """Which way the versions go, as a tiny picture each with its first and last figure; both open the story."""
    right = say("wholly right") if target_of(standing.dataset).several else say("accuracy")
    for name, title, values in (
        ("wrong", say("wrong"), [one.wrong for one in standing.trend]),
        ("right", right, [one.accuracy for one in standing.trend]),
    ):
        known = [value for value in values if value is not None]
        if not known:
            continue
        way = percent(known[0]) if len(known) == 1 else f"{percent(known[0])} → {percent(known[-1])}"
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            if len(known) > 1:
                st.image(spark(known), width=SPARK_WIDTH, alt=f"{title} {way}")
            with st.container(key=f"count-{name}-{standing.dataset.dataset_id}", width="content"):
                link("story", f":small[{title} {way}]", icon="", icon_position="left", dataset=standing.dataset.name)


def _review(standing: Standing) -> None:
    counts = standing.review
    if standing.scanning is not None:
        st.caption(
            f":material/progress_activity: {say('scan: {state}', state=plain(progress_text(standing.scanning)))}"
        )
    elif standing.scan is None:
        st.caption(say("not scanned"))
    elif not counts.flagged:
        untold = standing.scan.found().get("untold")
        untellable, clean = say("cannot be told"), say("nothing flagged")
        st.caption(f":material/question_mark: {untellable}" if untold else f":material/check: {clean}")
    else:
        _counts(standing)
    if standing.scan is not None:
        _health(standing, standing.scan)


def _health(standing: Standing, scan: Scan) -> None:
    """All types that have rows, which open in the order in which they are worth fixing."""
    types = types_found(scan)
    if types:
        with st.container(key=f"count-types-{standing.dataset.dataset_id}", width="content"):
            said = say_n("health: {n:,} type of issue", "health: {n:,} types of issues", types)
            link(
                "issues",
                f":small[{said}]",
                icon="",
                icon_position="left",
                place="",
                view="health",
                dataset=standing.dataset.name,
                version=standing.version.number,
            )


def _counts(standing: Standing) -> None:
    review, number = standing.review, standing.version.number
    here: dict[str, str | int] = {"dataset": standing.dataset.name, "version": number}
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        count(review.flagged, later("{n:,} flagged"), "issues", **here)
        decided(standing.dataset, number, review)
        count(review.left, later("{n:,} left"), "review", **here, view="desk")
