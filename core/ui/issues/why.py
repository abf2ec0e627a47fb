"""One row of the ranked list, whole, and why it stands there: both labels' probabilities and the nearest rows."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.issues.contract import IssueType
from core.records import Example, Scan
from core.review.records import ReviewItem
from core.services.issues.listing import explain
from core.services.media import shown, thumbnail
from core.tasks import TASKS
from core.ui.issues.groups import keep_one_of_group
from core.ui.parts.problems import plain
from core.ui.parts.rows import data_url
from core.ui.shell.frame import Frame

TEXT_PIXELS = 230
"""A longer text scrolls inside its box, so that the reasons stay in sight."""
CELL_CHARACTERS = 160


def explanation(frame: Frame, scan: Scan, kind: IssueType[Any], row_id: int) -> None:
    """Draws the row, the reason for its score, what speaks for and against its label, and the rows beside it."""
    item = explain(frame.context, scan, row_id, kind.name)
    with st.container(border=True, key="issue-why"):
        _heading(item)
        _example(frame, item.example)
        st.caption(plain(item.why))
        keep_one_of_group(frame, scan, kind.name, item)
        if item.issue.suggested_label is not None:
            _evidence(item, item.issue.suggested_label)
        _neighbours(frame, item)


def _heading(item: ReviewItem) -> None:
    issue, example = item.issue, item.example
    place = [f"row {example.row_id}", example.source_id, example.split, f"score {issue.score:.3f}"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        suggested = issue.suggested_label
        looks_like = "" if suggested is None else f" :material/arrow_forward: :blue-badge[{plain(suggested)}]"
        st.markdown(f":gray-badge[{plain(issue.given_label)}]{looks_like}", width="content")
        st.space("stretch")
        st.caption(" · ".join(plain(str(part)) for part in place if part), width="content")


def _example(frame: Frame, example: Example) -> None:
    if example.media_id is not None:
        image, _ = shown(frame.context, example.media_id)
        st.image(image, width=160, alt=example.text or f"row {example.row_id}")
        return
    text = example.text or ""
    with st.container(height=TEXT_PIXELS if len(text) > 350 else "content", border=False):
        st.text(text)


def _evidence(item: ReviewItem, suggested: str) -> None:
    """The given label, the suggested one and whatever else is likely, against the thresholds that are known."""
    issue = item.issue
    thresholds = {
        issue.given_label: issue.why.get("given_threshold"),
        suggested: issue.why.get("suggested_threshold"),
    }
    first = list(dict.fromkeys((issue.given_label, suggested)))
    shares = dict(item.probabilities)
    columns = {"label": first, "probability": [shares.get(label) for label in first]}
    if any(thresholds.values()):
        columns["usual"] = [thresholds[label] for label in first]
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            "probability": st.column_config.ProgressColumn(
                "probability here",
                format="%.2f",
                min_value=0.0,
                max_value=1.0,
                help="From a model that has not seen the row",
            ),
            "usual": st.column_config.ProgressColumn(
                "class threshold",
                format="%.2f",
                min_value=0.0,
                max_value=1.0,
                help="Mean probability of the label over the rows that carry it",
            ),
        },
        alt="Probability of both labels and the thresholds of their classes",
    )


def _neighbours(frame: Frame, item: ReviewItem) -> None:
    if not item.neighbours:
        return
    near = [neighbour.example for neighbour in item.neighbours]
    columns: dict[str, list[object]] = {"close": [neighbour.similarity for neighbour in item.neighbours]}
    if TASKS[frame.dataset.task].payload_kind == "image":
        columns["image"] = [data_url(thumbnail(frame.context, one.media_id)) if one.media_id else None for one in near]
    columns["label"] = [one.label for one in near]
    columns["example"] = [" ".join((one.text or "")[:CELL_CHARACTERS].split()) for one in near]
    st.dataframe(
        columns,
        hide_index=True,
        row_height=48 if "image" in columns else None,
        column_config={
            "close": st.column_config.NumberColumn(
                "similarity", format="%.2f", width=72, help="Cosine, 1 is identical"
            ),
            "image": st.column_config.ImageColumn("image", width=64),
            "example": st.column_config.TextColumn("nearest rows", width="large"),
        },
        alt="The nearest rows and their labels",
    )
